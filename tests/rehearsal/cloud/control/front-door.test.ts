import { TestCloud, inDoor } from "./test-cloud";

let cloud: TestCloud;
beforeEach(() => {
  cloud = new TestCloud();
});
afterEach(() => cloud.stop());

const profile = () =>
  cloud.make("cdn:Profile", { ...inDoor, location: "global", sku: { name: "Standard_AzureFrontDoor" } });
const endpoint = () => cloud.make("cdn:AFDEndpoint", { ...inDoor, endpointName: "shop", location: "global" });
const originGroup = () => cloud.make("cdn:AFDOriginGroup", { ...inDoor, originGroupName: "app" });
const origin = () =>
  cloud.make("cdn:AFDOrigin", {
    ...inDoor,
    originGroupName: "app",
    originName: "web",
    hostName: "shop.azurewebsites.net",
    priority: 2,
  });
const domain = (customDomainName: string, hostName: string, profileName = "door") =>
  cloud.make("cdn:AFDCustomDomain", {
    ...inDoor,
    profileName,
    customDomainName,
    hostName,
    tlsSettings: { certificateType: "ManagedCertificate" },
  });
const route = (group: string, more = {}) =>
  cloud.make("cdn:Route", {
    ...inDoor,
    endpointName: "shop",
    routeName: "all",
    originGroup: { id: group },
    linkToDefaultDomain: "Enabled",
    ...more,
  });

async function door() {
  await cloud.group();
  await profile();
  await endpoint();
  return originGroup();
}

test("a route before its origin fails, and one after it is served", async () => {
  const { id } = await door();
  await expect(route(id)).rejects.toThrow(
    "the originGroup app is created successfully and at least one enabled origin is created",
  );
  await origin();
  await route(id);
  expect(cloud.realised.routes).toEqual([
    expect.objectContaining({
      hosts: [expect.stringMatching(/^shop-[0-9a-f]{16}\.z01\.azurefd\.net$/)],
      patterns: ["/*"],
      origins: [
        { hostName: "shop.azurewebsites.net", httpsPort: 443, enabled: true, priority: 2, weight: 1000 },
      ],
      httpsRedirect: false,
      enabled: true,
      rules: [],
    }),
  ]);
});

test("a change at the edge is seen later where it was asked to spread slowly", async () => {
  const { id } = await door();
  await origin();
  cloud.cloud.pace.set({ slowMilliseconds: 0, throttleNext: 0, edgeMilliseconds: 30 });
  await route(id);
  expect(cloud.realised.routes).toEqual([]);
  while (cloud.realised.routes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(cloud.realised.routes).toMatchObject([{ hosts: [expect.stringMatching(/^shop-/)] }]);
});

test("a route's domains, cache, path and rules become one route of the edge", async () => {
  const { id } = await door();
  await origin();
  const custom = await domain("images", "images.blanklabel.example");
  const rules = await cloud.make("cdn:RuleSet", { ...inDoor, ruleSetName: "images" });
  await cloud.make("cdn:Rule", {
    ...inDoor,
    ruleSetName: "images",
    ruleName: "keep",
    order: 1,
    actions: [
      {
        name: "ModifyResponseHeader",
        parameters: {
          typeName: "DeliveryRuleHeaderActionParameters",
          headerAction: "Overwrite",
          headerName: "Cache-Control",
          value: "public, max-age=3600",
        },
      },
    ],
  });
  await route(id, {
    customDomains: [{ id: custom.id }],
    ruleSets: [{ id: rules.id }],
    linkToDefaultDomain: "Disabled",
    originPath: "/images",
    httpsRedirect: "Enabled",
    cacheConfiguration: { queryStringCachingBehavior: "UseQueryString" },
  });
  expect(cloud.realised.routes).toEqual([
    expect.objectContaining({
      hosts: ["images.blanklabel.example"],
      originPath: "/images",
      httpsRedirect: true,
      cache: { queryStringCachingBehavior: "UseQueryString", compress: false, contentTypesToCompress: [] },
      rules: [{ fileNames: [], responseHeaders: { "Cache-Control": "public, max-age=3600" } }],
    }),
  ]);
});

const overwrite = {
  name: "ModifyResponseHeader",
  parameters: {
    typeName: "DeliveryRuleHeaderActionParameters",
    headerAction: "Overwrite",
    headerName: "Cache-Control",
    value: "public, max-age=3600",
  },
} as const;
const fileName = (matchValue: string, more = {}) => ({
  name: "UrlFileName",
  parameters: {
    typeName: "DeliveryRuleUrlFilenameConditionParameters",
    operator: "RegEx",
    matchValues: [matchValue],
    ...more,
  },
});
const rule = (ruleName: string, order: number, more = {}) =>
  cloud.make("cdn:Rule", {
    ...inDoor,
    ruleSetName: "more",
    ruleName,
    order,
    actions: [overwrite],
    ...more,
  });

test("conditions on the file name reach the edge, in the rules' own order", async () => {
  const { id } = await door();
  await origin();
  const rules = await cloud.make("cdn:RuleSet", { ...inDoor, ruleSetName: "more" });
  await rule("second", 2, { conditions: [fileName("\\.svg$"), fileName("^a", { negateCondition: true })] });
  await rule("first", 1);
  await route(id, { ruleSets: [{ id: rules.id }] });
  const responseHeaders = { "Cache-Control": "public, max-age=3600" };
  expect(cloud.realised.routes[0]?.rules).toEqual([
    { fileNames: [], responseHeaders },
    {
      fileNames: [
        { pattern: "\\.svg$", negate: false },
        { pattern: "^a", negate: true },
      ],
      responseHeaders,
    },
  ]);
});

const redirect = {
  name: "UrlRedirect",
  parameters: { typeName: "DeliveryRuleUrlRedirectActionParameters", redirectType: "Found" },
};
const onPath = {
  name: "UrlPath",
  parameters: {
    typeName: "DeliveryRuleUrlPathMatchConditionParameters",
    operator: "RegEx",
    matchValues: ["a"],
  },
};
test.each<[string, object]>([
  ["another action", { actions: [redirect] }],
  [
    "a header that is appended",
    { actions: [{ ...overwrite, parameters: { ...overwrite.parameters, headerAction: "Append" } }] },
  ],
  ["a rule that stops the others", { matchProcessingBehavior: "Stop" }],
  ["a condition on the path", { conditions: [onPath] }],
  ["another operator", { conditions: [fileName("a", { operator: "Contains" })] }],
  ["a transform", { conditions: [fileName("a", { transforms: ["Lowercase"] })] }],
  ["two values", { conditions: [fileName("a", { matchValues: ["a", "b"] })] }],
  ["a broken expression", { conditions: [fileName("[")] }],
  ["a lookahead", { conditions: [fileName("(?=.*[a-f])x")] }],
  ["a capturing group", { conditions: [fileName("(a|b)")] }],
  ["a back-reference", { conditions: [fileName("a\\1")] }],
  ["a possessive quantifier", { conditions: [fileName("a++")] }],
])("a rule that the edge would not carry out as Front Door does is refused: %s", async (_what, more) => {
  await door();
  await cloud.make("cdn:RuleSet", { ...inDoor, ruleSetName: "more" });
  await expect(rule("it", 1, more)).rejects.toThrow(
    "Rule it: the local edge carries out only rules that continue, whose conditions are one RegEx each on UrlFileName, " +
      "and whose actions are ModifyResponseHeader with headerAction Overwrite",
  );
});

test("a host name belongs to one profile only", async () => {
  await door();
  await domain("www", "www.blanklabel.example");
  await cloud.make("cdn:Profile", {
    resourceGroupName: "rg",
    profileName: "other",
    location: "global",
    sku: { name: "Standard_AzureFrontDoor" },
  });
  await expect(domain("www", "www.blanklabel.example", "other")).rejects.toThrow(
    "The host name www.blanklabel.example is already a custom domain of another resource",
  );
});

test("a host name of more than 64 characters gets no managed certificate", async () => {
  await door();
  await expect(domain("long", `${"a".repeat(45)}.blanklabel.example`)).resolves.toBeDefined();
  await expect(domain("longer", `${"b".repeat(46)}.blanklabel.example`)).rejects.toThrow("64 at most");
});

test("a domain's token and state are those of its validation, fresh at each look", async () => {
  await door();
  const { id, state } = await domain("www", "www.blanklabel.example");
  const given = (validationToken: string, domainValidationState: string) => ({
    domainValidationState,
    validationProperties: expect.objectContaining({ validationToken }) as unknown,
  });
  expect(state).toMatchObject(given("token 1 of www.blanklabel.example", "Pending"));
  cloud.cloud.validations.get(id.toLowerCase())?.refresh();
  const args = { ...inDoor, customDomainName: "www" };
  expect(await cloud.azure.invoke("azure-native:cdn:getAFDCustomDomain", args)).toMatchObject(
    given("token 2 of www.blanklabel.example", "Pending"),
  );
});

test("a function that is not known fails, and so does one for what is not there", async () => {
  await expect(cloud.azure.invoke("azure-native:storage:listStorageAccountKeys", {})).rejects.toThrow(
    "azure-native:storage:listStorageAccountKeys is not a function that the local cloud knows",
  );
  await expect(
    cloud.azure.invoke("azure-native:cdn:getAFDCustomDomain", { ...inDoor, customDomainName: "none" }),
  ).rejects.toThrow("was not found");
});

test("what a route uses cannot be deleted before the route", async () => {
  const group = await door();
  const web = await origin();
  const custom = await domain("www", "www.blanklabel.example");
  const shop = await route(group.id, { customDomains: [{ id: custom.id }] });
  await expect(cloud.remove("cdn:AFDOrigin", web.id)).rejects.toThrow("web is the last origin of group app");
  await expect(cloud.remove("cdn:AFDOriginGroup", group.id)).rejects.toThrow(
    "Origin group app is still used by route all",
  );
  await expect(cloud.remove("cdn:AFDCustomDomain", custom.id)).rejects.toThrow(
    "Custom domain www is still used",
  );
  await cloud.remove("cdn:Route", shop.id);
  await cloud.remove("cdn:AFDCustomDomain", custom.id);
  expect(cloud.realised.routes).toEqual([]);
  expect(cloud.realised.certificates.get("www.blanklabel.example")).toBeUndefined();
});

test("two routes of one domain and pattern are refused", async () => {
  const { id } = await door();
  await origin();
  const custom = await domain("www", "www.blanklabel.example");
  const domains = { customDomains: [{ id: custom.id }] };
  await route(id, domains);
  await expect(route(id, { ...domains, routeName: "again" })).rejects.toThrow(
    "Route all has the same custom domain",
  );
});
