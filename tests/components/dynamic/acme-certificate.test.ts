import { issue, provider } from "../../../components/dynamic/acme-certificate-provider";
import { outside, refusal } from "../../../operations/fault";

const inputs = {
  vaultId: "/id/vault",
  vaultUrl: "https://shop-crt-abc123.vault.azure.net/",
  certificateName: "edge",
  hostNames: ["www.blanklabel.example", "images.blanklabel.example"] as [string, ...string[]],
  zone: "blanklabel.example",
  zoneId: "0123456789abcdef0123456789abcdef",
  directory: "https://acme.example/directory",
  email: "owner@blanklabel.example",
};
const state = { ...inputs, vaultSecretId: "/id/vault/secrets/edge" };
const forbidden = () => refusal("no", { cause: Object.assign(new Error("Forbidden"), { statusCode: 403 }) });
const waits: string[] = [];
const patience = { tries: 3, wait: () => Promise.resolve(waits.push("waited")) };
beforeEach(() => {
  waits.length = 0;
});

test("a role that has not arrived yet is waited for", async () => {
  const answers = [forbidden(), forbidden(), undefined];
  const tried: unknown[] = [];
  const once = (given: unknown) => {
    tried.push(given);
    const fault = answers[tried.length - 1];
    return fault === undefined ? Promise.resolve() : Promise.reject(fault);
  };
  await issue(inputs, once, patience);
  expect(tried).toEqual([inputs, inputs, inputs]);
  expect(waits).toHaveLength(2);
});

test("it gives up when the role should have arrived, and at once for anything else", async () => {
  await expect(issue(inputs, () => Promise.reject(forbidden()), patience)).rejects.toThrow("no");
  expect(waits).toHaveLength(2);
  await expect(
    issue(inputs, () => Promise.reject(refusal("the authority refuses")), patience),
  ).rejects.toThrow("the authority refuses");
  await expect(issue(inputs, () => Promise.reject(outside("not reached")), patience)).rejects.toThrow(
    "not reached",
  );
  expect(waits).toHaveLength(2);
});

test("nothing changes while its inputs stay, known or not", async () => {
  expect(await provider.diff?.("id", state, inputs)).toEqual({ changes: false, replaces: [] });
  const preview = { ...inputs, vaultUrl: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
  expect(await provider.diff?.("id", state, preview)).toEqual({ changes: false, replaces: [] });
});

test("another name is a change, another vault another certificate", async () => {
  const more = { ...inputs, hostNames: ["www.blanklabel.example"] };
  expect(await provider.diff?.("id", state, more)).toEqual({ changes: true, replaces: [] });
  const vault = { ...inputs, vaultId: "/id/another" };
  expect(await provider.diff?.("id", state, vault)).toEqual({ changes: true, replaces: ["vaultId"] });
});

test("whom the authority writes to changes without a new certificate", async () => {
  const changed = { ...inputs, email: "else@blanklabel.example" };
  expect(await provider.update?.("id", state, changed)).toEqual({
    outs: { ...changed, vaultSecretId: "/id/vault/secrets/edge" },
  });
});

test("an input that is missing is named", async () => {
  const checked = await provider.check?.({}, { ...inputs, directory: undefined, hostNames: [] });
  expect(checked?.failures?.map(({ property }) => property)).toEqual(["hostNames.0", "directory"]);
});
