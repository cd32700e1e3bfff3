import { identityCache, judgeCache } from "../../../operations/check/checks/identity-cache";
import { runChecks } from "../../../operations/check/run";
import type { Deployment } from "../../../operations/deployment";
import { deploymentSettings } from "../../../operations/deployment";

/** A deployment of which the check reads nothing but the URL. */
async function look(databaseUrl: string) {
  const deployment = {
    settings: deploymentSettings({}, "/project"),
    standby: { outputs: { databaseUrl } },
  } as Deployment;
  const { checks } = await runChecks([identityCache], {
    deployment,
    target: "standby",
    env: {},
    now: new Date(0),
  });
  return checks[0];
}

test("a cache that is on fails, one that cannot be switched off is warned of", () => {
  expect(judgeCache("off")).toEqual({ status: "pass", found: "the identity cache is off" });
  expect(judgeCache("on")).toEqual({
    status: "fail",
    found: "the identity cache is on: a restart burns 1,000 ids of an int, 10,000 of a bigint",
  });
  expect(judgeCache("unsupported")).toEqual({
    status: "warn",
    found: "this SQL Server is older than 2017 and has no such setting",
    fix: "start it with trace flag 272, or raise `safety`, so that every offset has room for 10,000 burnt ids",
  });
});

test.each([
  ["postgres://u:p@h/d", "PostgreSQL: what a restart burns is part of every offset"],
  ["mysql://u:p@h/d", "MySQL keeps the next id across a restart"],
])("%s has no such cache", async (url, found) => {
  expect(await look(url)).toMatchObject({ status: "pass", found, fix: "" });
});

test("a SQL Server that cannot be asked is unknown, with what to do", async () => {
  expect(await look("sqlserver://shop:word@127.0.0.1:9/shop")).toEqual({
    id: "identity-cache",
    status: "unknown",
    found: expect.stringMatching(/^shop@127\.0\.0\.1:9\/shop: nothing listens there/) as string,
    wanted: "the standby's database takes no ids ahead that a restart would burn",
    fix:
      "let this machine's address in (operatorAddresses in the config of standby), then run `pulumi up --stack " +
      "standby`, which switches it off",
  });
});
