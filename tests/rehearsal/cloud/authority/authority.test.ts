import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { createAuthority } from "../../../../rehearsal/cloud/authority";
import type {
  CertificateAuthority,
  DeclaredRecord,
  DomainValidation,
  IssuedCertificate,
  NameServer,
} from "../../../../rehearsal/cloud/contracts";
import { startNameServer } from "../../../../rehearsal/cloud/dns";

let names: NameServer;
let authority: CertificateAuthority;
let milliseconds: number;

beforeEach(async () => {
  milliseconds = Date.now();
  names = await startNameServer();
  authority = await createAuthority({ nameServerPort: names.port, now: () => milliseconds });
});

afterEach(async () => {
  await authority.stop();
  await names.stop();
});

const put = (name: string, type: DeclaredRecord["type"], content: string): void =>
  names.put({ id: `${type} ${name}`, name, type, content, ttl: 60 });

/** Connects to a server with the certificate; resolves with the verdict of the client's own check. */
async function handshake(
  certificate: IssuedCertificate,
  servername: string,
  ca: string,
): Promise<Error | undefined> {
  const server = tls.createServer({ cert: certificate.chain, key: certificate.key }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = tls.connect({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    servername,
    ca,
  });
  const verdict = await Promise.race([
    once(socket, "secureConnect").then(() => undefined),
    once(socket, "error").then(([error]: unknown[]) => error as Error),
  ]).catch((error: unknown) => error as Error);
  socket.destroy();
  server.close();
  await once(server, "close");
  return verdict;
}

/** Waits until the validation calls back. */
function validated(hostName: string): {
  validation: DomainValidation;
  issued: Promise<IssuedCertificate>;
  count: () => number;
} {
  let calls = 0;
  let settle: (certificate: IssuedCertificate) => void = () => undefined;
  const issued = new Promise<IssuedCertificate>((resolve) => (settle = resolve));
  const validation = authority.validate(hostName, (certificate) => {
    calls += 1;
    settle(certificate);
  });
  return { validation, issued, count: () => calls };
}

/** Several looks at the DNS have passed by then. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 700));

describe("issue", () => {
  it("makes certificates that clients with the root accept for their names only", async () => {
    const certificate = await authority.issue(["shop.azurewebsites.net", "*.azurefd.net"]);
    await expect(handshake(certificate, "shop.azurewebsites.net", authority.root)).resolves.toBeUndefined();
    await expect(handshake(certificate, "any.azurefd.net", authority.root)).resolves.toBeUndefined();
    await expect(handshake(certificate, "other.test", authority.root)).resolves.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    const other = await createAuthority({ nameServerPort: names.port });
    await expect(handshake(certificate, "any.azurefd.net", other.root)).resolves.toHaveProperty("code");
    await other.stop();
  });

  it("writes the fields of a server certificate", async () => {
    const { chain, expires } = await authority.issue(["shop.azurewebsites.net"]);
    const leaf = new X509Certificate(chain);
    const root = new X509Certificate(authority.root);
    expect(leaf.ca).toBe(false);
    expect(root.ca).toBe(true);
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(new Date(leaf.validTo).getTime()).toBe(expires.getTime());
    expect(expires.getTime()).toBe(Math.floor(milliseconds / 1000) * 1000 + 180 * 24 * 3600 * 1000);
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it("gives a name longer than a common name can be a certificate all the same", async () => {
    const host = `${"a".repeat(50)}.${"b".repeat(40)}.azurewebsites.net`;
    const certificate = await authority.issue([host]);
    await expect(handshake(certificate, host, authority.root)).resolves.toBeUndefined();
  });

  it("refuses to issue for no name", async () => {
    await expect(authority.issue([])).rejects.toThrow("at least one host name");
  });
});

describe("validate", () => {
  it("issues once the record is there, and not before", async () => {
    const { validation, issued, count } = validated("www.blanklabel.example");
    expect(validation.state).toBe("Pending");
    await aWhile();
    expect(validation.state).toBe("Pending");
    expect(validation.certificate).toBeUndefined();

    put("_dnsauth.www.blanklabel.example", "TXT", validation.token);
    const certificate = await issued;
    expect(validation.state).toBe("Approved");
    expect(validation.certificate).toBe(certificate);
    await expect(handshake(certificate, "www.blanklabel.example", authority.root)).resolves.toBeUndefined();
    await aWhile();
    expect(count()).toBe(1);
  });

  it.each([
    ["*.blanklabel.example", "_dnsauth.blanklabel.example", "images.blanklabel.example"],
    ["blanklabel.example", "_dnsauth.blanklabel.example", "blanklabel.example"],
  ])("looks for the record of %s at %s", async (host, record, served) => {
    const { validation, issued } = validated(host);
    put(record, "TXT", validation.token);
    await expect(handshake(await issued, served, authority.root)).resolves.toBeUndefined();
  });

  it("takes no other token", async () => {
    const { validation } = validated("www.blanklabel.example");
    put("_dnsauth.www.blanklabel.example", "TXT", `${validation.token}x`);
    await aWhile();
    expect(validation.state).toBe("Pending");
    validation.stop();
  });

  it.each([
    ["blanklabel.example", '0 issue "authority.test"', false],
    ["www.blanklabel.example", '0 issue ";"', false],
    ["blanklabel.example", '0 issue "digicert.com"', true],
    ["blanklabel.example", '0 iodef "mailto:post@blanklabel.example"', true],
  ])("with CAA at %s: %s, issues: %s", async (name, content, admitted) => {
    put(name, "CAA", content);
    const { validation, issued } = validated("www.blanklabel.example");
    put("_dnsauth.www.blanklabel.example", "TXT", validation.token);
    if (admitted) await issued;
    else await aWhile();
    expect(validation.state).toBe(admitted ? "Approved" : "Pending");
    validation.stop();
  });

  it("lets the rule for wildcards decide for a wildcard", async () => {
    put("blanklabel.example", "CAA", '0 issuewild "authority.test"');
    const { validation } = validated("*.blanklabel.example");
    put("_dnsauth.blanklabel.example", "TXT", validation.token);
    await aWhile();
    expect(validation.state).toBe("Pending");
    validation.stop();
  });

  it("demands a new token before it issues again", async () => {
    const { validation, issued } = validated("www.blanklabel.example");
    const first = validation.token;
    put("_dnsauth.www.blanklabel.example", "TXT", first);
    const certificate = await issued;

    validation.demandRevalidation();
    await aWhile();
    expect(validation.state).toBe("PendingRevalidation");

    validation.refresh();
    expect(validation.token).not.toBe(first);
    expect(validation.state).toBe("Pending");
    await aWhile();
    expect(validation.state).toBe("Pending");
    put("_dnsauth.www.blanklabel.example", "TXT", validation.token);
    while (validation.state === "Pending") await aWhile();
    expect(validation.state).toBe("Approved");
    expect(validation.certificate).not.toBe(certificate);
  });

  it("times out after seven days without the record", async () => {
    const { validation } = validated("www.blanklabel.example");
    expect(validation.tokenExpires.getTime()).toBe(milliseconds + 7 * 24 * 3600 * 1000);
    milliseconds = validation.tokenExpires.getTime();
    await aWhile();
    expect(validation.state).toBe("TimedOut");
    put("_dnsauth.www.blanklabel.example", "TXT", validation.token);
    await aWhile();
    expect(validation.state).toBe("TimedOut");
    validation.refresh();
    expect(validation.state).toBe("Pending");
  });

  it("refuses a name that managed certificates do not take", () => {
    expect(() => authority.validate(`${"a".repeat(60)}.example`, () => undefined)).toThrow(
      "has 68 characters; a managed certificate takes 64 at most",
    );
  });
});
