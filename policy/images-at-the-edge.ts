import { runsStandby } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown, type Value } from "./values";

export const imagesAtTheEdge = rule(
  "images-at-the-edge",
  "Images never come from the shop's own servers. They were the first thing to fail in the story, at 4:30, and half " +
    "of what then kept the servers busy.",
  (stack, verdict) => {
    const domains = stack.of(types.customDomain);
    if (domains.length === 0 && !runsStandby(stack)) return;
    const [images] = domains.filter(({ inputs }) => hostOf(inputs).startsWith("images."));
    if (images === undefined) {
      if (leftOpen(domains, "hostName", verdict)) return;
      verdict.wrong(
        undefined,
        "no custom domain images.<domain> at the edge; wanted: one, in use from the first day. Fix: declare an " +
          "AFDCustomDomain for it.",
      );
      return;
    }
    judgeRoutes(stack, verdict, images);
    judgeName(stack, verdict, images);
    judgeApps(stack, verdict, images);
  },
);

const hostOf = (inputs: Value): string => {
  const host = at(inputs, "hostName");
  return typeof host === "string" ? host : "";
};

/** @returns whether an input is not known yet, and may be what is looked for. */
function leftOpen(resources: readonly Resource[], path: string, verdict: Verdict): boolean {
  let found = false;
  for (const resource of resources) {
    const value = at(resource.inputs, path);
    if (!(value instanceof NotKnown)) continue;
    verdict.open(resource, path, value);
    found = true;
  }
  return found;
}

/** A route of the image host that caches, and storage behind it that the edge can read. */
function judgeRoutes(stack: Stack, verdict: Verdict, images: Resource): void {
  const routes = stack.of(types.route).filter((route) => route.madeFrom(images, "customDomains"));
  if (routes.length === 0)
    verdict.wrong(
      images,
      `no route leads ${hostOf(images.inputs)} anywhere; wanted: a route to storage, with a cache. Fix: declare a ` +
        "Route with this domain among its customDomains.",
    );
  for (const route of routes) {
    verdict.check(
      route,
      "cacheConfiguration.queryStringCachingBehavior",
      (value) => typeof value === "string" && value !== "UseQueryString",
      "a cache that made-up queries cannot get round: IgnoreQueryString, or a list of names",
      "set cacheConfiguration on the route of the images",
    );
    const accounts = stack
      .of(types.originGroup)
      .filter((group) => route.madeFrom(group, "originGroup"))
      .flatMap((group) =>
        stack.of(types.origin).filter((origin) => origin.madeFrom(group, "originGroupName")),
      )
      .flatMap((origin) =>
        stack.of(types.storageAccount).filter((account) => origin.madeFrom(account, "hostName")),
      );
    const containers = stack
      .of(types.blobContainer)
      .filter((container) => accounts.some((account) => container.madeFrom(account, "accountName")));
    if (containers.length === 0)
      verdict.wrong(
        route,
        `behind ${route.name} there is no storage container; wanted: an origin made from a storage account with ` +
          "a container of images. Fix: give the route's origin group the account's blob host as its origin.",
      );
    for (const container of containers)
      verdict.check(
        container,
        "publicAccess",
        (value) => value === "Blob",
        '"Blob", so that the edge can read images and nobody can list them',
        'set publicAccess to "Blob"',
      );
  }
}

/** The name is in DNS before any failover. */
function judgeName(stack: Stack, verdict: Verdict, images: Resource): void {
  const host = hostOf(images.inputs);
  const records = stack.of(types.dnsRecord);
  const [record] = records.filter(({ inputs }) => at(inputs, "name") === host);
  if (record === undefined) {
    // One whose name is not known yet may be it.
    const unnamed = records.filter(({ inputs }) => at(inputs, "type") === "CNAME");
    if (leftOpen(unnamed, "name", verdict)) return;
    verdict.wrong(
      images,
      `${host} has no DNS record; wanted: a CNAME to the edge, there from the first day. Fix: declare it.`,
    );
  } else
    verdict.check(
      record,
      "type",
      (value) => value === "CNAME",
      '"CNAME", to the edge',
      "point it at the endpoint's host name",
    );
}

/** The apps that answer to the shop's own names; others, such as the page that closes it, show no images. */
function judgeApps(stack: Stack, verdict: Verdict, images: Resource): void {
  const wanted = `https://${hostOf(images.inputs)}`;
  const bindings = stack.of(types.hostNameBinding);
  for (const app of stack.of(types.webApp)) {
    if (!bindings.some((binding) => binding.madeFrom(app, "name"))) continue;
    const settings = at(app.inputs, "siteConfig.appSettings");
    const setting =
      settings instanceof NotKnown
        ? settings
        : items(settings).find((one) => at(one, "name") === "IMAGE_BASE_URL");
    const value = at(setting, "value");
    if (value instanceof NotKnown) verdict.open(app, "siteConfig.appSettings.IMAGE_BASE_URL", value);
    else if (value !== wanted)
      verdict.wrong(
        app,
        `${app.name} takes images from ${typeof value === "string" ? value : "its own pages' host"}; wanted: ` +
          `${wanted}. Fix: give it the app setting IMAGE_BASE_URL.`,
      );
  }
}
