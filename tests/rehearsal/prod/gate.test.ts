import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { DnsClient } from "../../../rehearsal/cloud/dns";
import { runCommand } from "../../../rehearsal/engine/command";
import type { Run } from "../../../rehearsal/engine/events";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import * as shop from "../../../rehearsal/shop-of-the-story";
import { openStage, project, type Stage } from "../../../rehearsal/stage";

const address = "203.0.113.10";
const edgeHost = "shop-abc123.z01.azurefd.net";
const force = { STANDBY_FORCE: "this is a rehearsal" };

const changes = (run: Run): unknown =>
  Object.fromEntries(Object.entries(run.changes).filter(([op, count]) => op !== "same" && count > 0));

/** Calls Cloudflare's REST API as anybody with a token can. */
async function api(stage: Stage, method: string, below: string, body: object): Promise<void> {
  const url = `https://api.cloudflare.com/client/v4/zones/${shop.zoneId}/dns_records${below}`;
  const script = `fetch(process.argv[1], { method: process.argv[2], body: process.argv[3], headers: {
    authorization: "Bearer " + process.env.CLOUDFLARE_API_TOKEN } }).then((r) => process.exit(r.ok ? 0 : 1))`;
  const args = ["-e", script, url, method, JSON.stringify(body)];
  const { workspace } = stage;
  const { code, stderr } = await runCommand(process.execPath, {
    args,
    cwd: workspace.folder,
    env: workspace.env,
  });
  expect([code, stderr]).toEqual([0, ""]);
}

/** A standby of which there is nothing but its outputs, and an edge that answers to all its names. */
async function pretendStandby(stage: Stage): Promise<() => void> {
  const { cloud, workspace, engine } = stage;
  const names = [shop.publicHost, edgeHost, shop.standbyName, shop.imageHost];
  const { chain, key } = await cloud.control.call("issueCertificate", { names });
  const edge = createServer({ cert: chain, key }, (_request, response) => response.end("ok"));
  edge.listen(0, "127.0.0.1");
  await once(edge, "listening");
  const { port: localPort } = edge.address() as AddressInfo;
  for (const host of names.slice(1)) await cloud.control.call("addHost", { host, port: 443, localPort });
  await workspace.stack("standby");
  const file = path.join(workspace.folder, "standby.json");
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:standby::${workspace.project}::${type}::${workspace.project}-standby`;
  const resources = [{ urn, custom: false, type, outputs: { standbyHost: edgeHost } }];
  const manifest = { time: new Date().toISOString(), magic: "", version: "" };
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources } }));
  const { code, stderr } = await runCommand(engine.cli, {
    args: ["stack", "import", "--file", file, "--stack", "standby", "--non-interactive"],
    cwd: workspace.folder,
    env: workspace.env,
  });
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  return () => {
    edge.closeAllConnections();
    edge.close();
  };
}

test("an address is adopted without a gap, then moved through the gate as one record", async () => {
  await withCleanup(async (scope) => {
    const clock = { startedAt: Date.now(), speed: 60 };
    const stage = await openStage(scope, { clock, keep: false, say: () => undefined });
    const { workspace, cloud } = stage;
    const record = { type: "A", content: address, ttl: 300, proxied: false };
    for (const name of [shop.publicHost, shop.zone]) await api(stage, "POST", "", { ...record, name });
    const prod = await workspace.stack("prod");
    await prod.setConfig({ ...shop.prodConfig, primaryAddress: address });
    await expect(prod.up()).rejects.toThrow(
      `${shop.publicHost} is A ${address} at Cloudflare, and the stack prod does not hold it yet. Fix: run \`standby adopt\``,
    );

    // A resolver that asks all the while.
    const dns = new DnsClient({ port: cloud.network.nameServerPort });
    const answered: number[] = [];
    const stop = new AbortController();
    const asking = (async () => {
      while (!stop.signal.aborted) answered.push((await dns.ask(shop.publicHost, "A")).answers?.length ?? 0);
    })();
    const adopted = await runCommand(process.execPath, {
      args: [path.join(project, "bin", "standby.js"), "adopt", "--yes", "--import", "--json"],
      cwd: workspace.folder,
      env: workspace.env,
    });
    stop.abort();
    await asking;
    dns.close();
    expect([adopted.code, adopted.code === 0 ? "" : adopted.stderr]).toEqual([0, ""]);
    expect(JSON.parse(adopted.stdout)).toMatchObject({ dryRun: false, imported: true });
    expect(new Set(answered)).toEqual(new Set([1, 2]));
    // What an import brings along (tags) is written once more in place; what visitors are answered stays.
    const records = async () => (await cloud.control.call("snapshot", {})).records;
    const moved = await records();
    expect(changes(await prod.up())).toEqual({ update: 3 });
    expect(await records()).toEqual(moved);
    expect(changes(await prod.up())).toEqual({});

    const closeEdge = await pretendStandby(stage);
    try {
      await prod.setConfig({ standbyStack: "organization/warm-standby/standby" });
      expect(changes(await prod.up())).toEqual({});
      await prod.setConfig({ activeSite: "standby" });
      expect(changes(await prod.preview())).toEqual({ update: 1 });
      await expect(prod.up()).rejects.toThrow("nobody has looked whether the standby is ready");
      const notes = path.join(workspace.folder, ".standby");
      mkdirSync(notes, { recursive: true });
      const note = { at: new Date().toISOString(), target: "standby", ready: true, failing: [] };
      writeFileSync(path.join(notes, "check.json"), JSON.stringify(note));
      expect(changes(await prod.up())).toEqual({ update: 1 });
      expect(changes(await prod.up())).toEqual({});

      // Somebody leads it back by hand, and tells nobody.
      const www = moved.find(({ name }) => name === shop.publicHost);
      await api(stage, "PATCH", `/${www?.id ?? ""}`, { content: `origin.${shop.zone}` });
      await expect(prod.up()).rejects.toThrow(
        "so it was moved outside Pulumi. Fix: if that is to stay, pulumi config set activeSite primary --stack prod",
      );
      await api(stage, "PATCH", `/${www?.id ?? ""}`, { content: edgeHost });
      await prod.setConfig({ activeSite: "primary" });
      await expect(prod.up()).rejects.toThrow("Fix: mend it and run `standby check --for primary` again");
      expect(changes(await prod.up({ env: force }))).toEqual({ update: 1 });
      await prod.destroy();
    } finally {
      closeEdge();
    }
  });
}, 600_000);
