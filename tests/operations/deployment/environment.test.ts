import {
  databaseUrl,
  deploymentFromEnvironment,
  deploymentSettings,
  readDeployment,
  withProdAsSeen,
} from "../../../operations/deployment";
import { Fault } from "../../../operations/fault";
import { jobEnvironment } from "../job/running";
import { primaryHost, standbyHost, standbyStack, zone, zoneId } from "../support/stacks";

// No project, no CLI: nothing here may ask for either.
const settings = deploymentSettings({ STANDBY_STACK: "live-standby" }, "/nonexistent");
const { STANDBY_DEPLOYMENT, STANDBY_DATABASE_URL } = jobEnvironment;

function faultOf(env: NodeJS.ProcessEnv): unknown {
  try {
    return deploymentFromEnvironment(settings, env);
  } catch (error) {
    if (error instanceof Fault) return { exitCode: error.exitCode, message: error.message };
    throw error;
  }
}

test("what the standby knows of itself, and of the primary by its own config", async () => {
  const deployment = await readDeployment(settings, jobEnvironment);
  expect(deployment).toEqual({
    settings,
    prod: {
      config: { domain: zone, zoneId, primaryHost, activeSite: "primary", ttl: 86400, proxied: false },
      outputs: {
        activeSite: "primary",
        record: {
          zoneId,
          id: "",
          name: `www.${zone}`,
          type: "CNAME",
          content: primaryHost,
          ttl: 86400,
        },
        targets: { primary: primaryHost, standby: standbyHost },
      },
    },
    standby: {
      config: {
        databaseEngine: "postgres",
        location: "westeurope",
        size: "warm",
        shopOpen: true,
        mailSendLimits: { perMinute: 30, perHour: 2000, ticket: "2610010040000123" },
        webhooks: [],
      },
      outputs: { ...standbyStack().outputs, certificate: { kind: "managed" } },
    },
  });
  const seen = { site: "standby", proxied: true, primaryTarget: `origin.${zone}` } as const;
  const { prod } = withProdAsSeen(deployment, seen);
  expect(prod.config).toMatchObject({ activeSite: "standby", proxied: true });
  expect(prod.outputs).toMatchObject({
    activeSite: "standby",
    targets: { primary: `origin.${zone}`, standby: standbyHost },
  });
});

test("both databases are known without Pulumi", async () => {
  const env = { ...jobEnvironment, STANDBY_PRIMARY_DATABASE_URL: "postgres://shop@primary.example/shop" };
  expect(await databaseUrl("standby", settings, env)).toBe(STANDBY_DATABASE_URL);
  expect(await databaseUrl("primary", settings, env)).toBe("postgres://shop@primary.example/shop");
});

test("without the primary's database it says where it is set, and asks no Pulumi", async () => {
  await expect(databaseUrl("primary", settings, jobEnvironment)).rejects.toThrow(
    "the primary's database is not known here; set primaryDatabaseUrl in the standby's stack",
  );
});

test.each<[NodeJS.ProcessEnv, string]>([
  [{}, "STANDBY_DEPLOYMENT is not set; `pulumi up` on the standby's stack writes it for its job"],
  [
    { STANDBY_DEPLOYMENT: "{" },
    "STANDBY_DEPLOYMENT is no JSON; `pulumi up` on the standby's stack writes it",
  ],
  [
    {
      STANDBY_DEPLOYMENT: JSON.stringify({
        ...(JSON.parse(STANDBY_DEPLOYMENT) as object),
        domain: "no name",
      }),
    },
    "STANDBY_DEPLOYMENT cannot be used:\n  domain: a host name\nit was written by another version of the program: run " +
      "`pulumi up` on the standby's stack",
  ],
  [
    { STANDBY_DEPLOYMENT },
    "STANDBY_DATABASE_URL is not set; it holds the URL of the standby's database beside STANDBY_DEPLOYMENT. Where it " +
      "is a Key Vault reference, look whether the app's identity may read it",
  ],
])("%o is refused", (env, message) => {
  expect(faultOf(env)).toEqual({ exitCode: 2, message });
});
