import { isPrimarys } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown, shown } from "./values";

/** Addresses that one rule may admit: an office's network, not a continent. */
const widest = 256;

export const noOpenFirewall = rule(
  "no-open-firewall",
  "The standby's database and app are reached by those they are for. What is built in haste is left open, and the " +
    "whole customer list stands behind it.",
  (stack, verdict) => {
    for (const firewallRule of stack.of(
      types.sqlFirewallRule,
      types.postgresFirewallRule,
      types.mysqlFirewallRule,
    ))
      judgeFirewallRule(firewallRule, verdict);
    for (const app of stack.of(types.webApp, types.webAppSlot))
      if (!isPrimarys(app)) judgeApp(app, stack, verdict);
  },
);

function judgeFirewallRule(firewallRule: Resource, verdict: Verdict): void {
  const fix = "name the addresses that need it, one rule each (operatorAddresses)";
  const from = verdict.check(
    firewallRule,
    "startIpAddress",
    (value) => !Number.isNaN(address(value)) && value !== "0.0.0.0",
    "one IPv4 address; 0.0.0.0 admits everyone on Azure, whoever they are",
    fix,
  );
  if (!from) return;
  const start = address(at(firewallRule.inputs, "startIpAddress"));
  verdict.check(
    firewallRule,
    "endIpAddress",
    (value) => address(value) >= start && address(value) - start < widest,
    `at most ${String(widest)} addresses from startIpAddress on`,
    fix,
  );
}

function judgeApp(app: Resource, stack: Stack, verdict: Verdict): void {
  verdict.check(
    app,
    "siteConfig.ipSecurityRestrictionsDefaultAction",
    (value) => value === "Deny",
    '"Deny", so that only who is named comes in',
    'set siteConfig.ipSecurityRestrictionsDefaultAction to "Deny"',
  );
  judgeDeployment(app, verdict);
  const restrictions = at(app.inputs, "siteConfig.ipSecurityRestrictions");
  if (restrictions instanceof NotKnown) {
    verdict.open(app, "siteConfig.ipSecurityRestrictions", restrictions);
    return;
  }
  const edges = stack.of(types.frontDoor).map((edge) => ({ edge, id: at(edge.outputs, "frontDoorId") }));
  const ids = edges.map(({ id }) => id);
  const [unknown] = edges.flatMap(({ edge, id }) => (id instanceof NotKnown ? [{ edge, id }] : []));
  items(restrictions).forEach((restriction, index) => {
    const path = `siteConfig.ipSecurityRestrictions.${String(index)}`;
    if (at(restriction, "action") === "Deny") return;
    const known = verdict.check(
      app,
      `${path}.ipAddress`,
      (value) => value === "AzureFrontDoor.Backend",
      'the service tag "AzureFrontDoor.Backend" alone',
      "let visitors in through Front Door only",
    );
    if (!known) return;
    const header = at(restriction, "headers.x-azure-fdid");
    const id = header instanceof NotKnown ? header : at(header, "0");
    if (id instanceof NotKnown) verdict.open(app, `${path}.headers.x-azure-fdid`, id);
    else if (id !== undefined && ids.includes(id)) return;
    else if (id !== undefined && unknown !== undefined) verdict.open(unknown.edge, "frontDoorId", unknown.id);
    else
      verdict.wrong(
        app,
        `${path}.headers.x-azure-fdid of ${app.name} is ${shown(header instanceof NotKnown ? undefined : header)}; ` +
          "wanted: the id of this stack's own Front Door, since everyone's comes from the same addresses. Fix: set " +
          "it to the profile's frontDoorId.",
      );
  });
}

/** The site that code is deployed by, with a console in it, has restrictions of its own unless it takes the app's. */
function judgeDeployment(app: Resource, verdict: Verdict): void {
  if (at(app.inputs, "siteConfig.scmIpSecurityRestrictionsUseMain") === true) return;
  verdict.check(
    app,
    "siteConfig.scmIpSecurityRestrictionsDefaultAction",
    (value) => value === "Deny",
    '"Deny", so that nobody reaches the console of the app from outside',
    'set siteConfig.scmIpSecurityRestrictionsDefaultAction to "Deny"',
  );
}

/** An IPv4 address as a number; NaN for anything else. */
function address(value: unknown): number {
  if (typeof value !== "string" || !/^\d{1,3}(\.\d{1,3}){3}$/.test(value)) return NaN;
  return value.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
