// @ts-check
// Installs the official release of the Pulumi CLI with the Automation API's own installer, in a process of its own:
// that installer cannot be interrupted, a process can. Arguments: version, folder, milliseconds to reach the server.
// Prints `reached` once the server has answered, and on failure one line on stderr.
"use strict";
// Not the whole Automation API: this file alone loads ten times as fast.
const { PulumiCommand } = require("@pulumi/pulumi/automation/cmd");
const { SemVer } = require("semver");
const { EnvHttpProxyAgent, request, setGlobalDispatcher } = require("undici");

const [version = "", root = "", reachWithin = ""] = process.argv.slice(2);
const server = "https://get.pulumi.com";

// Through the machine's proxy where it has one (HTTPS_PROXY, NO_PROXY). The installer's own `fetch` looks here too.
setGlobalDispatcher(new EnvHttpProxyAgent());

async function reached() {
  const late = AbortSignal.timeout(Number(reachWithin));
  try {
    const { body } = await request(`${server}/install.sh`, { method: "HEAD", signal: late });
    await body.dump();
  } catch (error) {
    throw late.aborted ? new Error(`no answer within ${String(Number(reachWithin) / 1000)} s`) : error;
  }
}

async function main() {
  try {
    await reached();
  } catch (error) {
    throw new Error(`${server} was not reached: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.log("reached");
  await PulumiCommand.install({ version: new SemVer(version), root });
}

main().catch((error) => {
  // The installer's own error holds the whole of its output; its last line says what went wrong.
  const lines = String(error instanceof Error ? error.message : error)
    .trim()
    .split("\n");
  console.error(lines.filter((line) => line.trim() !== "").at(-1));
  process.exit(1);
});
