import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { reviewSchema } from "../../../operations/review/schema";
import { runCommand } from "../../../rehearsal/engine/command";
import { cleanEnvironment } from "../../../rehearsal/network/environment";
import { project } from "../../../rehearsal/stage";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "standby-review-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const document = z.looseObject({ config: z.record(z.string(), z.unknown()).optional() });

/** A project with this one's program and stack files, whose config is changed; undefined takes a key away. */
function projectWith(changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>): void {
  const read = (file: string) => document.parse(parse(readFileSync(path.join(project, file), "utf8")));
  writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    stringify({ ...read("Pulumi.yaml"), name: "my-shop", main: project }),
  );
  for (const [stack, config] of Object.entries(changes)) {
    const file = `Pulumi.${stack}.yaml`;
    writeFileSync(path.join(folder, file), stringify({ config: { ...read(file).config, ...config } }));
  }
  symlinkSync(path.join(project, "policy"), path.join(folder, "policy"));
  mkdirSync(path.join(folder, "out"));
}

test("without credentials both stacks are reviewed on a local cloud, whatever their files hold that is out of reach", async () => {
  const secure = { secure: "v1:dGhpcyBpcyBub2JvZHkncw==" };
  projectWith({
    prod: {
      activeSite: "standby",
      standbyStack: "acme/my-shop/standby",
      primaryDatabaseUrl: secure,
      ttl: "300",
    },
    standby: {
      mailSender: "smtp",
      sessionSecret: secure,
      smtpApplication: {
        tenantId: "11111111-2222-4333-8444-555555555555",
        applicationId: "22222222-3333-4444-8555-666666666666",
        objectId: "33333333-4444-4555-8666-777777777777",
        secret: secure,
      },
      appSecrets: { PAYMENT_KEY: secure },
      alertWebhook: secure,
      primaryHost: undefined,
      primaryStack: "acme/my-shop/primary",
    },
  });
  const { code, stdout, stderr } = await runCommand(process.execPath, {
    args: [path.join(project, "bin", "standby.js"), "review", "--json", "--markdown", "out/review.md"],
    cwd: folder,
    env: cleanEnvironment(),
  });
  const review = reviewSchema.parse(JSON.parse(stdout));
  expect(
    review.stacks.map(({ stack, errors, complete, policies }) => ({ stack, errors, complete, policies })),
  ).toEqual(["prod", "standby"].map((stack) => ({ stack, errors: [], complete: true, policies: "run" })));
  expect(
    review.stacks.flatMap(({ violations }) =>
      violations.map(({ rule, level, resource }) => [rule, level, resource]),
    ),
  ).toEqual([
    ["cutover-record", "mandatory", "www"],
    ["cutover-record", "mandatory", "www-apex"],
    ["verified-mail", "mandatory", "mail-domain"],
  ]);
  // What is known of an app is judged, though its package's address is not known before it exists.
  const open = review.stacks.flatMap((stack) => stack.open.map(({ rule }) => rule));
  for (const rule of ["no-auto-pause", "tls-only", "images-at-the-edge"]) expect(open).not.toContain(rule);
  expect(review).toMatchObject({ verdict: "violation", where: "local", cost: { before: null } });
  expect(code).toBe(1);
  expect(stderr).toContain("no credentials of Cloudflare and Azure are set");
  const comment = readFileSync(path.join(folder, "out", "review.md"), "utf8");
  expect(comment).toMatch(/^<!-- standby review -->\n\n## ❌ Standby review: to be mended first\n/);
  expect(comment).toContain("No cloud credentials were at hand, so this ran on a local cloud");
}, 400_000);
