import path from "node:path";
import { z } from "zod";
import { startAcmeServer } from "../../../rehearsal/acme";
import { runCommand } from "../../../rehearsal/engine/command";
import { Secret, type ConfigValue } from "../../../rehearsal/engine/settings";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import * as shop from "../../../rehearsal/shop-of-the-story";
import { openStage, project, type Stage } from "../../../rehearsal/stage";

const say = (): void => undefined;
const clock = { startedAt: Date.now(), speed: 60 };

const renewal = z.object({
  state: z.string(),
  expires: z.string(),
  certificates: z.array(
    z.object({ name: z.string(), state: z.string(), expires: z.string(), renewed: z.boolean() }),
  ),
});

/** Both stacks up, with a certificate of some kind. */
async function up({ workspace, cloud }: Stage, certificate: ConfigValue) {
  const [prod, standby] = [await workspace.stack("prod"), await workspace.stack("standby")];
  const run = {
    smtpApplication: cloud.smtpApplication,
    operatorObjectId: cloud.operatorObjectId,
    sessionSecret: "a secret of this rehearsal's own, 32 or more",
  };
  await prod.setConfig(shop.prodConfig);
  await standby.setConfig({ ...shop.standbyConfig(run), certificate });
  await prod.up();
  await standby.up();
  // The shop makes its tables as it starts; their identities are this one's business, not the certificate's.
  await cloud.control.call("settled", {});
  await standby.up();
  return standby;
}

/** The real command line, as an operator runs it beside the stacks. */
async function renew({ workspace }: Stage, ...flags: string[]) {
  const { code, stdout, stderr } = await runCommand(process.execPath, {
    args: [path.join(project, "bin", "standby.js"), "certificate", "renew", "--json", ...flags],
    cwd: workspace.folder,
    env: workspace.env,
  });
  expect(`${String(code)} ${code === 0 ? "" : stderr}`).toBe("0 ");
  return { said: stderr, ...renewal.parse(JSON.parse(stdout)) };
}

const certificatesOf = async ({ cloud }: Stage) => {
  const { certificates } = await cloud.control.call("snapshot", {});
  return new Map(certificates.map(({ hostName, state }) => [hostName, state]));
};

/** Changes of an `up`, but for what stays the same. */
const changed = (changes: Readonly<Record<string, number>>) =>
  Object.entries(changes).filter(([op, count]) => op !== "same" && count > 0);

test("a managed certificate that wants a new validation is renewed by one command, and no later up differs", async () => {
  await withCleanup(async (scope) => {
    const stage = await openStage(scope, { clock, keep: false, say });
    const standby = await up(stage, { kind: "managed" });
    await stage.cloud.control.call("demandRevalidation", { hostName: shop.publicHost });
    expect((await certificatesOf(stage)).get(shop.publicHost)).toBe("PendingRevalidation");
    const { state, certificates } = await renew(stage);
    expect(state).toBe("Approved");
    expect(certificates.map(({ name, renewed }) => [name, renewed])).toEqual([
      [shop.publicHost, true],
      [shop.standbyName, false],
      [shop.imageHost, false],
    ]);
    expect((await certificatesOf(stage)).get(shop.publicHost)).toBe("Approved");
    expect(changed((await standby.up()).changes)).toEqual([]);
  });
}, 600_000);

test("an ACME authority issues the certificate at the first up, and anew by the command", async () => {
  await withCleanup(async (scope) => {
    const stage = await openStage(scope, { clock, keep: false, say });
    const { cloud, run } = stage;
    const { directory } = await startAcmeServer(scope, {
      cloud,
      folder: path.join(run.path, "acme"),
      say,
      record: (name, pid) => run.record(name, pid),
    });
    const token = cloud.operatorEnvironment["CLOUDFLARE_API_TOKEN"] ?? "";
    const standby = await up(stage, { kind: "acme", directory, cloudflareToken: new Secret(token) });
    const { state, certificates, expires, said } = await renew(stage);
    expect(state).toBe("Approved");
    // Valid: checked by the command against the authorities that this rehearsal trusts.
    expect(certificates.map(({ name, renewed }) => [name, renewed])).toEqual([
      [shop.publicHost, true],
      [shop.standbyName, true],
      [shop.imageHost, true],
    ]);
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(89 * 86_400_000);
    // Not of each name: the authority may remember a proof that it has seen.
    expect(said).toContain(`asking ${new URL(directory).host} for a certificate of ${shop.publicHost}`);
    // Proofs are taken away again.
    const { records } = await cloud.control.call("snapshot", {});
    expect(records.filter(({ name }) => name.startsWith("_acme-challenge"))).toEqual([]);
    expect(changed((await standby.up()).changes)).toEqual([]);
    expect(JSON.stringify(await standby.export())).not.toContain("PRIVATE KEY");
  });
}, 600_000);
