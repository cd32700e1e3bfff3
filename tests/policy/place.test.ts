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
