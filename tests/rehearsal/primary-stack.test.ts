import path from "node:path";
import { runCommand } from "../../rehearsal/engine/command";
import type { Run } from "../../rehearsal/engine/events";
import { primaryConfig, prodConfig } from "../../rehearsal/matrix/setup";
import { withCleanup } from "../../rehearsal/processes/cleanup";
import { publicHost, zone } from "../../rehearsal/shop-of-the-story";
import { openStage, project, type Stage } from "../../rehearsal/stage";

const changes = ({ changes }: Run): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(changes).filter(([op, count]) => op !== "same" && count > 0));

/** One request as a visitor makes it, the certificate verified: the status and two headers, or why there was none. */
const program = (host: string): string => `
  require("node:https")
    .get("https://${host}/healthz", { agent: false }, ({ statusCode, headers }) => {
      console.log([statusCode, headers["retry-after"], headers["x-standby-pause"]].join(" ").trim());
      process.exit();
    })
    .on("error", ({ code }) => console.log(code));
`;

async function visit({ workspace, cloud }: Stage, host = publicHost): Promise<string> {
  await cloud.control.call("settled", {});
  const args = ["-e", program(host)];
  const { stdout, stderr } = await runCommand(process.execPath, {
    args,
    cwd: workspace.folder,
    env: workspace.env,
  });
  return `${stdout}${stderr}`.trim();
}

// The real engine, the real shop: what its visitors see of a primary of our own.
test("a primary of our own gets its certificate once its name leads there, and is closed and opened by its stack", async () => {
  await withCleanup(async (scope) => {
    const stage = await openStage(scope, {
      clock: { startedAt: Date.now(), speed: 60 },
      keep: false,
      say: () => undefined,
    });
    const [primary, prod] = [await stage.workspace.stack("primary"), await stage.workspace.stack("prod")];
    await primary.setConfig(primaryConfig(stage, { engine: "postgres" }));
    const { violations } = await primary.preview({ policyPack: path.join(project, "policy") });
    expect(violations.filter(({ level }) => level === "mandatory")).toEqual([]);
    await primary.up();
    await prod.setConfig(prodConfig({ primary: "appService", dns: "dnsOnly" }));
    await prod.up();
    expect(await visit(stage)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");

    await primary.setConfig({ managedCertificate: "true" });
    expect(changes(await primary.up())).toEqual({ create: 6 });
    expect(await visit(stage)).toBe("200");
    expect(await visit(stage, zone)).toBe("200");
    // Azure says that the name has TLS now; the program, which could not say so before, leaves it.
    expect(changes(await primary.up({ refresh: true }))).toEqual({});
    expect(await visit(stage)).toBe("200");

    await primary.setConfig({ shopOpen: "false", pauseRetryAfter: 120 });
    expect(changes(await primary.up())).toEqual({ update: 1 });
    expect(await visit(stage)).toBe("503 120 closed");
    await primary.setConfig({ shopOpen: "true" });
    expect(changes(await primary.up())).toEqual({ update: 1 });
    expect(await visit(stage)).toBe("200");

    // The certificate is taken off before it is deleted, or Azure would refuse.
    await primary.setConfig({ managedCertificate: "false" });
    expect(changes(await primary.up())).toEqual({ delete: 6 });
    expect(await visit(stage)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });
}, 600_000);
