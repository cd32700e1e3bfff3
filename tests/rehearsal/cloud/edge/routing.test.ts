import { originPath, RouteTable } from "../../../../rehearsal/cloud/edge/routing";
import { routeOf } from "./world";

const table = new RouteTable([
  routeOf({ id: "all" }),
  routeOf({ id: "images", patterns: ["/images/*", "/static/*"] }),
  routeOf({ id: "large", patterns: ["/images/large/*"] }),
  routeOf({ id: "exact", patterns: ["/images/logo.svg"] }),
  routeOf({ id: "wild", hosts: ["*.azurefd.net"] }),
]);

it.each([
  ["/", "all"],
  ["/imagesque", "all"],
  ["/images", "images"],
  ["/images/a.png", "images"],
  ["/IMAGES/a.png", "images"],
  ["/static/a.css?v=1", "images"],
  ["/images/large/a.png", "large"],
  ["/images/logo.svg?x=/*", "exact"],
  ["/images/logo.svg/more", "images"],
])("%s belongs to %s", (path, id) => {
  expect(table.find("www.blanklabel.example", path)?.route.id).toBe(id);
});

it("knows exact and wildcard hosts only", () => {
  expect(table.find("shop-1.azurefd.net", "/")?.route.id).toBe("wild");
  expect(table.knows("a.b.azurefd.net")).toBe(false);
  expect(table.knows("blanklabel.example")).toBe(false);
});

it.each([
  ["/*", "/shop/", "/a/b?c=d", "/shop/a/b?c=d"],
  ["/images/*", "/container", "/images/a.png", "/container/a.png"],
  ["/images/*", "/", "/images/a.png", "/a.png"],
  ["/exact", "/other", "/exact?x", "/other?x"],
  ["/images/*", undefined, "/images/a.png", "/images/a.png"],
])("pattern %s with origin path %s makes %s into %s", (pattern, replacement, path, expected) => {
  const route = routeOf({
    patterns: [pattern],
    ...(replacement === undefined ? {} : { originPath: replacement }),
  });
  expect(originPath({ route, pattern }, path)).toBe(expected);
});

it.each(["images/*", "/a*", "/*/b", ""])("refuses the pattern %s", (pattern) => {
  expect(() => new RouteTable([routeOf({ patterns: [pattern] })])).toThrow(
    `has the pattern ${JSON.stringify(pattern)}; a pattern starts with "/"`,
  );
});
