import { prodAlone } from "../../policy/prod-alone";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const record = (host: string): Declared => ({ type: types.dnsRecord, name: host, inputs: { name: host } });
const own: readonly Declared[] = [
  { type: types.stack, name: "stack" },
  { type: "warm-standby:index:CutoverRecord", name: "www" },
  { type: types.stackReference, name: "standby" },
  { type: "pulumi:providers:cloudflare", name: "default" },
  ...["www.shop.example", "shop.example", "origin.shop.example"].map(record),
];
const app: Declared = { type: types.webApp, name: "app" };

test("takes the record with what it needs, and any stack without it", () => {
  expect(judge(prodAlone, own)).toEqual(good);
  expect(judge(prodAlone, [record("images.shop.example"), app])).toEqual(good);
});

test("refuses whatever else stands beside the record", () => {
  expect(judge(prodAlone, [...own, record("images.shop.example"), app]).wrong).toEqual([
    [
      "images.shop.example",
      'name of images.shop.example is "images.shop.example"; wanted: www.shop.example, shop.example, ' +
        "origin.shop.example, and no other name in the stack of the cutover record. Fix: declare it in the stack of " +
        "the standby.",
    ],
    [
      "app",
      "app (azure-native:web:WebApp) stands beside the cutover record; wanted: nothing there but the record and what " +
        "it needs. Fix: declare it in the stack of the standby.",
    ],
  ]);
});

test("components of another project are named in the config", () => {
  const theirs: Declared = { type: "their-shop:index:Cutover", name: "cutover" };
  expect(judge(prodAlone, [...own, theirs]).wrong).toHaveLength(1);
  expect(judge(prodAlone, [...own, theirs], { components: ["warm-standby:", "their-shop:"] })).toEqual(good);
});

test("leaves open what is not known", () => {
  const unnamed: Declared = { type: types.dnsRecord, name: "record", inputs: { name: unknownText } };
  const open = "cannot be judged before it exists: name of record";
  expect(judge(prodAlone, [unnamed, app])).toEqual({ wrong: [], open });
  expect(judge(prodAlone, [...own, unnamed])).toEqual({ wrong: [], open });
});
