import { renewIfDue } from "../../../operations/certificate/renew-if-due";
import { commonName, type CertificateVault } from "../../../operations/certificate/vault";

const now = new Date("2026-11-25T00:00:00Z");
const certificate = {
  kind: "acme" as const,
  vaultUrl: "https://certs.vault.azure.net/",
  certificateName: "edge",
  hostNames: ["www.blanklabel.example"] as [string, ...string[]],
  zone: "blanklabel.example",
  zoneId: "zone",
  directory: "https://acme.example/dir",
  email: "owner@blanklabel.example",
  renewBeforeDays: 30,
};
/** A vault whose certificate ends then; without Cloudflare's token an issue ends at once. */
const vault = (expires: Date | undefined): CertificateVault => ({
  secret: () => Promise.resolve(undefined),
  setSecret: () => Promise.resolve(),
  expires: () => Promise.resolve(expires),
  request: () => Promise.reject(new Error("requested")),
  complete: () => Promise.resolve(),
});
const look = (expires: Date | undefined) => {
  const opened: string[] = [];
  const open = (url: string) => {
    opened.push(url);
    return Promise.resolve(vault(expires));
  };
  return { opened, due: renewIfDue(certificate, () => undefined, now, open) };
};
const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

test("a certificate that is good for longer is left alone", async () => {
  const { due, opened } = look(inDays(30.1));
  expect(await due).toEqual({ renewed: false, expires: inDays(30.1) });
  expect(opened).toEqual(["https://certs.vault.azure.net/"]);
});

test.each([inDays(30), inDays(-1), undefined])(
  "one that ends soon, has ended or is not there is issued: %s",
  async (expires) => {
    await expect(look(expires).due).rejects.toThrow(
      "the vault https://certs.vault.azure.net/ holds no secret cloudflare-token; run `pulumi up` on the standby stack",
    );
  },
);

test("those of other kinds are not the job's", async () => {
  const open = () => Promise.reject(new Error("opened"));
  for (const other of [{ kind: "managed" as const }, { kind: "keyVault" as const, vaultSecretId: "/id" }])
    expect(await renewIfDue(other, () => undefined, now, open)).toEqual({
      renewed: false,
      expires: undefined,
    });
});

test("a common name is one of the names that is short enough", () => {
  const long = `${"a".repeat(60)}.blanklabel.example`;
  expect(commonName(["www.blanklabel.example", long])).toBe("www.blanklabel.example");
  expect(commonName([long, "w.example"])).toBe("w.example");
  expect(commonName([long])).toBe("warm-standby");
});
