import { tags } from "../../policy/tags";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const group = (own?: unknown): Declared => ({
  type: types.resourceGroup,
  name: "group",
  inputs: { tags: own },
});
const whole = { project: "warm-standby", stack: "standby", site: "standby" };

test("takes what says where it belongs, and records, which have no tags", () => {
  expect(judge(tags, [group(whole), { type: types.dnsRecord, name: "record" }])).toEqual(good);
});

test("refuses a tag that is missing or empty", () => {
  expect(judge(tags, [group({ ...whole, site: "" })]).wrong).toEqual([
    ["group", 'tags.site of group is ""; wanted: a text. Fix: give it the tag site.'],
  ]);
  expect(judge(tags, [group()]).wrong).toEqual(
    ["project", "stack", "site"].map((tag) => [
      "group",
      `tags.${tag} of group is not set; wanted: a text. Fix: give it the tag ${tag}.`,
    ]),
  );
});

test.each([types.emailService, types.logs, types.privateEndpoint])("wants them of %s", (type) => {
  expect(judge(tags, [{ type, name: "it", inputs: {} }]).wrong).toHaveLength(3);
});

test("which tags is for the config to say", () => {
  expect(judge(tags, [group({ owner: "shop" })], { required: ["owner"] })).toEqual(good);
});

test("leaves open what is not known", () => {
  expect(judge(tags, [group({ ...whole, stack: unknownText })])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: tags.stack of group",
  });
});
