import { noOpenFirewall } from "../../policy/no-open-firewall";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const frontDoorId = "4d9c1f9e-0c37-4ce8-9a10-5f6f4ed2a3b1";
const frontDoor: Declared = { type: types.frontDoor, name: "edge", outputs: { frontDoorId } };
const onlyFrontDoor = {
  action: "Allow",
  ipAddress: "AzureFrontDoor.Backend",
  headers: { "x-azure-fdid": [frontDoorId] },
};
const app = (...ipSecurityRestrictions: unknown[]): Declared => ({
  type: types.webApp,
  name: "app",
  inputs: {
    siteConfig: {
      ipSecurityRestrictionsDefaultAction: "Deny",
      scmIpSecurityRestrictionsUseMain: true,
      ipSecurityRestrictions,
    },
  },
});
const allowed = (startIpAddress: string, endIpAddress = startIpAddress): Declared => ({
  type: types.postgresFirewallRule,
  name: "rule",
  inputs: { startIpAddress, endIpAddress },
});

test("takes single addresses, an office's network, and an app behind its own Front Door", () => {
  expect(judge(noOpenFirewall, [allowed("203.0.113.20")])).toEqual(good);
  expect(judge(noOpenFirewall, [allowed("203.0.113.0", "203.0.113.255")])).toEqual(good);
  expect(
    judge(noOpenFirewall, [frontDoor, app(onlyFrontDoor, { action: "Deny", ipAddress: "Any" })]),
  ).toEqual(good);
});

test("takes a primary that its visitors call directly, and nothing else that is open", () => {
  const open = (site: string): Declared => ({
    type: types.webApp,
    name: "app",
    inputs: {
      tags: { site },
      siteConfig: {
        ipSecurityRestrictionsDefaultAction: "Allow",
        scmIpSecurityRestrictionsDefaultAction: "Deny",
      },
    },
  });
  expect(judge(noOpenFirewall, [open("primary")])).toEqual(good);
  expect(judge(noOpenFirewall, [open("standby")]).wrong).toHaveLength(1);
  expect(judge(noOpenFirewall, [{ ...open("standby"), type: types.webAppSlot }]).wrong).toHaveLength(1);
});

test.each([types.postgresFirewallRule, types.mysqlFirewallRule, types.sqlFirewallRule])(
  "refuses everyone on Azure in %s",
  (type) => {
    const inputs = { startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" };
    expect(judge(noOpenFirewall, [{ type, name: "rule", inputs }]).wrong).toEqual([
      [
        "rule",
        'startIpAddress of rule is "0.0.0.0"; wanted: one IPv4 address; 0.0.0.0 admits everyone on Azure, whoever they ' +
          "are. Fix: name the addresses that need it, one rule each (operatorAddresses).",
      ],
    ]);
  },
);

test.each(["255.255.255.255", "203.0.114.0", "203.0.112.255"])(
  "refuses a range from 203.0.113.0 to %s",
  (end) => {
    expect(judge(noOpenFirewall, [allowed("203.0.113.0", end)]).wrong).toEqual([
      [
        "rule",
        `endIpAddress of rule is "${end}"; wanted: at most 256 addresses from startIpAddress on. Fix: name the ` +
          "addresses that need it, one rule each (operatorAddresses).",
      ],
    ]);
  },
);

test("refuses an app that is open unless told otherwise", () => {
  const open: Declared = { type: types.webApp, name: "app", inputs: { siteConfig: {} } };
  expect(judge(noOpenFirewall, [open]).wrong).toEqual([
    [
      "app",
      'siteConfig.ipSecurityRestrictionsDefaultAction of app is not set; wanted: "Deny", so that only who is named ' +
        'comes in. Fix: set siteConfig.ipSecurityRestrictionsDefaultAction to "Deny".',
    ],
    [
      "app",
      'siteConfig.scmIpSecurityRestrictionsDefaultAction of app is not set; wanted: "Deny", so that nobody reaches the ' +
        'console of the app from outside. Fix: set siteConfig.scmIpSecurityRestrictionsDefaultAction to "Deny".',
    ],
  ]);
});

test("refuses addresses beside Front Door's", () => {
  expect(judge(noOpenFirewall, [frontDoor, app({ action: "Allow", ipAddress: "0.0.0.0/0" })]).wrong).toEqual([
    [
      "app",
      'siteConfig.ipSecurityRestrictions.0.ipAddress of app is "0.0.0.0/0"; wanted: the service tag ' +
        '"AzureFrontDoor.Backend" alone. Fix: let visitors in through Front Door only.',
    ],
  ]);
});

test.each([
  [{}, "not set"],
  [{ "x-azure-fdid": ["00000000-0000-0000-0000-000000000000"] }, '["00000000-0000-0000-0000-000000000000"]'],
])("refuses anyone's Front Door: %j", (headers, found) => {
  expect(judge(noOpenFirewall, [frontDoor, app({ ...onlyFrontDoor, headers })]).wrong).toEqual([
    [
      "app",
      `siteConfig.ipSecurityRestrictions.0.headers.x-azure-fdid of app is ${found}; wanted: the id of this stack's ` +
        "own Front Door, since everyone's comes from the same addresses. Fix: set it to the profile's frontDoorId.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  const headers = { "x-azure-fdid": [unknownText] };
  expect(judge(noOpenFirewall, [frontDoor, app({ ...onlyFrontDoor, headers })])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: siteConfig.ipSecurityRestrictions.0.headers.x-azure-fdid of app",
  });
  // A fixed id may be the new profile's or anyone's.
  const later: Declared = { ...frontDoor, outputs: { frontDoorId: unknownText } };
  expect(judge(noOpenFirewall, [later, app(onlyFrontDoor)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: frontDoorId of edge",
  });
});
