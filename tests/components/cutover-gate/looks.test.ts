import { runCommand } from "../../../rehearsal/engine/command";
import { World } from "../../operations/support/world";

const publicName = "www.blanklabel.example";
let world: World;
let status: number | "never" = 200;
beforeAll(async () => {
  world = await World.start();
  await world.serve(
    "edge.example.net",
    (request, response) => {
      if (request.headers.host !== publicName || request.url !== "/healthz") response.writeHead(400).end();
      else if (status !== "never") response.writeHead(status).end("page");
    },
    [publicName],
  );
  await world.serve("other.example.net", (_request, response) => response.end(), ["other.example.net"]);
});
afterAll(() => world.stop());

/** Probes from a process of its own, on the little internet. */
async function probe(host: string, patience = 5_000): Promise<unknown> {
  const script = `const { probe } = require("./components/cutover-gate/looks");
    probe(process.argv[1], "${publicName}", "/healthz", (status) => status === 200, ${String(patience)})
      .then((seen) => console.log(JSON.stringify(seen)))`;
  const { stdout } = await runCommand(process.execPath, {
    args: ["--require", "tsx/cjs", "-e", script, host],
    cwd: process.cwd(),
    env: world.environment(),
  });
  return JSON.parse(stdout);
}

const asked = `edge.example.net, asked for https://${publicName}/healthz,`;

test.each([
  [200, "fine", `${asked} answered 200`],
  [503, "wrong", `${asked} answered 503`],
] as const)("a probe sees an answer %i of the public name at its target", async (answer, finding, words) => {
  status = answer;
  expect(await probe("edge.example.net")).toEqual({ finding, words });
});

test("a probe that is late says nothing either way", async () => {
  status = "never";
  expect(await probe("edge.example.net", 300)).toEqual({
    finding: "unseen",
    words: `${asked} did not answer within 300 ms`,
  });
});

test("a certificate for another name, and a host that nobody serves, are wrong", async () => {
  expect(await probe("other.example.net")).toEqual({
    finding: "wrong",
    words: `other.example.net, asked for https://${publicName}/healthz, failed: ERR_TLS_CERT_ALTNAME_INVALID`,
  });
  expect(await probe("nowhere.example.net")).toMatchObject({ finding: "wrong" });
});
