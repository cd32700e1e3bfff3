import { place } from "../../policy/place";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const group = (location: string, site = "standby"): Declared => ({
  type: types.resourceGroup,
  name: "group",
  inputs: { location, tags: { site } },
});
const reference = (location: string): Declared => ({
  type: types.stackReference,
  name: "primary",
  outputs: { outputs: { location } },
});

test("takes any region but the primary's, where that is known", () => {
  expect(judge(place, [group("westeurope")])).toEqual(good);
  expect(judge(place, [group("westeurope"), reference("northeurope")])).toEqual(good);
  expect(judge(place, [group("northeurope", "primary")], { primaryRegion: "northeurope" })).toEqual(good);
});

test.each<[string, Declared, object]>([
  ["as its own stack tells it", reference("westeurope"), {}],
  ["as the config tells it", { type: types.stack, name: "stack" }, { primaryRegion: "West Europe" }],
])("refuses the primary's region, %s", (_, beside, config) => {
  expect(judge(place, [group("westeurope"), beside], config).wrong).toEqual([
    [
      "group",
      'location of group is "westeurope"; wanted: another region than westeurope, the primary\'s. Fix: pulumi config ' +
        "set location to another region.",
    ],
  ]);
});

test("keeps data within the regions that the config names", () => {
  const allowed = { allowedRegions: ["West Europe"] };
  const record: Declared = { type: types.dnsRecord, name: "record", inputs: {} };
  const domain: Declared = { type: types.mailDomain, name: "mail", inputs: { location: "global" } };
  expect(judge(place, [group("westeurope"), record, domain], allowed)).toEqual(good);
  expect(judge(place, [group("eastus")], allowed).wrong).toEqual([
    [
      "group",
      'location of group is "eastus"; wanted: one of westeurope. Fix: pulumi config set location to one of these.',
    ],
  ]);
});

test("keeps mails where the config says", () => {
  const mail = (dataLocation: string): Declared => ({
    type: types.emailService,
    name: "email",
    inputs: { location: "global", dataLocation },
  });
  const config = { dataLocations: ["Europe"] };
  expect(judge(place, [mail("United States")])).toEqual(good);
  expect(judge(place, [mail("Europe")], config)).toEqual(good);
  const service: Declared = { ...mail("United States"), type: types.communicationService };
  for (const declared of [mail("United States"), service])
    expect(judge(place, [declared], config).wrong).toEqual([
      [
        "email",
        'dataLocation of email is "United States"; wanted: one of Europe. Fix: declare it with a dataLocation among ' +
          "these, beside the one that is there: it cannot be changed in place.",
      ],
    ]);
  expect(judge(place, [mail(unknownText)], config).open).toBe(
    "cannot be judged before it exists: dataLocation of email",
  );
});

test("leaves open what is not known", () => {
  expect(judge(place, [group(unknownText)], { allowedRegions: ["westeurope"] })).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: location of group",
  });
  expect(judge(place, [group("westeurope"), reference(unknownText)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: outputs.location of primary",
  });
});
