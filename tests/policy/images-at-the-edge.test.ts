import { imagesAtTheEdge } from "../../policy/images-at-the-edge";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const host = "images.blanklabel.example";
const domain: Declared = { type: types.customDomain, name: "domain", inputs: { hostName: host } };
const record: Declared = { type: types.dnsRecord, name: "record", inputs: { name: host, type: "CNAME" } };
const account: Declared = { type: types.storageAccount, name: "account" };
const container: Declared = {
  type: types.blobContainer,
  name: "container",
  inputs: { publicAccess: "Blob" },
  from: { accountName: ["account"] },
};
const group: Declared = { type: types.originGroup, name: "group" };
const origin: Declared = {
  type: types.origin,
  name: "origin",
  from: { originGroupName: ["group"], hostName: ["account"] },
};
const route: Declared = {
  type: types.route,
  name: "route",
  inputs: { cacheConfiguration: { queryStringCachingBehavior: "IgnoreQueryString" } },
  from: { customDomains: ["domain"], originGroup: ["group"] },
};
const app = (value?: string): Declared => ({
  type: types.webApp,
  name: "app",
  inputs: { siteConfig: { appSettings: value === undefined ? [] : [{ name: "IMAGE_BASE_URL", value }] } },
});
const binding: Declared = { type: types.hostNameBinding, name: "binding", from: { name: ["app"] } };
const whole = [domain, record, account, container, group, origin, route, binding, app(`https://${host}`)];
const without = (gone: Declared, ...instead: Declared[]): Declared[] => [
  ...whole.filter((one) => one !== gone),
  ...instead,
];

test("takes a cached route from the image host to storage, and a stack without an edge", () => {
  expect(judge(imagesAtTheEdge, whole)).toEqual(good);
  expect(judge(imagesAtTheEdge, [record])).toEqual(good);
});

test("takes an app that answers to none of the shop's names, whatever it shows", () => {
  const page: Declared = { type: types.webApp, name: "page", inputs: { siteConfig: { appSettings: [] } } };
  expect(judge(imagesAtTheEdge, [...whole, page])).toEqual(good);
});

test("refuses an edge without an image host", () => {
  const shop: Declared = {
    type: types.customDomain,
    name: "shop",
    inputs: { hostName: "www.blanklabel.example" },
  };
  expect(judge(imagesAtTheEdge, [shop]).wrong).toEqual([
    [
      undefined,
      "no custom domain images.<domain> at the edge; wanted: one, in use from the first day. Fix: declare an " +
        "AFDCustomDomain for it.",
    ],
  ]);
});

test("refuses a standby's app without an edge, and takes a primary's", () => {
  expect(judge(imagesAtTheEdge, [app()]).wrong).toHaveLength(1);
  expect(judge(imagesAtTheEdge, [{ ...app(), inputs: { tags: { site: "primary" } } }])).toEqual(good);
});

test("refuses an image host that leads nowhere", () => {
  expect(judge(imagesAtTheEdge, without(route)).wrong).toEqual([
    [
      "domain",
      "no route leads images.blanklabel.example anywhere; wanted: a route to storage, with a cache. Fix: declare a " +
        "Route with this domain among its customDomains.",
    ],
  ]);
});

test.each([
  [{}, "not set"],
  [{ cacheConfiguration: { queryStringCachingBehavior: "UseQueryString" } }, '"UseQueryString"'],
])("refuses a route that made-up queries get through: %j", (inputs, found) => {
  expect(judge(imagesAtTheEdge, without(route, { ...route, inputs })).wrong).toEqual([
    [
      "route",
      `cacheConfiguration.queryStringCachingBehavior of route is ${found}; wanted: a cache that made-up queries ` +
        "cannot get round: IgnoreQueryString, or a list of names. Fix: set cacheConfiguration on the route of the " +
        "images.",
    ],
  ]);
});

test("refuses images that come from the shop's own app, and containers that can be listed", () => {
  const own: Declared = { ...origin, from: { originGroupName: ["group"], hostName: ["app"] } };
  expect(judge(imagesAtTheEdge, without(origin, own)).wrong).toEqual([
    [
      "route",
      "behind route there is no storage container; wanted: an origin made from a storage account with a container of " +
        "images. Fix: give the route's origin group the account's blob host as its origin.",
    ],
  ]);
  const listed: Declared = { ...container, inputs: { publicAccess: "Container" } };
  expect(judge(imagesAtTheEdge, without(container, listed)).wrong).toEqual([
    [
      "container",
      'publicAccess of container is "Container"; wanted: "Blob", so that the edge can read images and nobody can ' +
        'list them. Fix: set publicAccess to "Blob".',
    ],
  ]);
});

test("refuses an image host that is not in DNS, or not by a CNAME", () => {
  expect(judge(imagesAtTheEdge, without(record)).wrong).toEqual([
    [
      "domain",
      "images.blanklabel.example has no DNS record; wanted: a CNAME to the edge, there from the first day. Fix: " +
        "declare it.",
    ],
  ]);
  const fixed: Declared = { ...record, inputs: { name: host, type: "A" } };
  expect(judge(imagesAtTheEdge, without(record, fixed)).wrong).toEqual([
    [
      "record",
      'type of record is "A"; wanted: "CNAME", to the edge. Fix: point it at the endpoint\'s host name.',
    ],
  ]);
});

test.each([
  [undefined, "its own pages' host"],
  ["https://www.blanklabel.example", "https://www.blanklabel.example"],
])("refuses an app that takes its images elsewhere: %s", (value, found) => {
  expect(judge(imagesAtTheEdge, [...whole.slice(0, -1), app(value)]).wrong).toEqual([
    [
      "app",
      `app takes images from ${found}; wanted: https://images.blanklabel.example. Fix: give it the app setting ` +
        "IMAGE_BASE_URL.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  expect(judge(imagesAtTheEdge, [...whole.slice(0, -1), app(unknownText)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: siteConfig.appSettings.IMAGE_BASE_URL of app",
  });
  const unnamed = { ...domain, inputs: { hostName: unknownText } };
  expect(judge(imagesAtTheEdge, without(domain, unnamed))).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: hostName of domain",
  });
  const somewhere = { ...record, inputs: { name: unknownText, type: "CNAME" } };
  expect(judge(imagesAtTheEdge, without(record, somewhere))).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: name of record",
  });
});
