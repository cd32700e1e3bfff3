import type { EdgeDomain, EdgeDomains } from "../../../operations/certificate/domains";
import { renewManaged, type ManagedTools } from "../../../operations/certificate/managed";
import { summary } from "../../../operations/certificate/renew";
import { Cloudflare } from "../../../operations/check/probes/cloudflare";

const host = "www.blanklabel.example";
const zone = { name: "blanklabel.example", id: "zone" };

/** Azure's side of one name: what it says at each look, the last again and again. */
class Azure implements EdgeDomains {
  readonly names = ["www"];
  renewed = 0;
  constructor(private readonly said: Partial<EdgeDomain>[]) {}
  look(): Promise<EdgeDomain> {
    const next = this.said.length > 1 ? this.said.shift() : this.said[0];
    return Promise.resolve({
      hostName: host,
      validation: "Approved",
      deployment: "Succeeded",
      token: "old",
      ...next,
    });
  }
  renewToken(): Promise<void> {
    this.renewed++;
    return Promise.resolve();
  }
}

const calls: string[] = [];
const said: string[] = [];
let held: { id: string; name: string; type: string; content: string; ttl: number }[] = [];
jest.mock("../../../operations/certificate/proof", () => ({
  untilAnswered: (name: string, record: string, content: string) => {
    calls.push(`answered ${name} ${record} ${content}`);
    return Promise.resolve();
  },
}));
const fetched = jest.spyOn(globalThis, "fetch");
beforeEach(() => {
  calls.length = said.length = 0;
  held = [{ id: "r1", name: `_dnsauth.${host}`, type: "TXT", content: '"old"', ttl: 60 }];
  fetched.mockImplementation((url, init) => {
    const body = typeof init?.body === "string" ? ` ${init.body}` : "";
    calls.push(`${init?.method ?? ""} ${(url as string).replace(/^.*\/dns_records/, "")}${body}`);
    const result =
      init?.method === "GET"
        ? held
        : { ...(held[0] ?? { id: "r2", name: "n", type: "TXT", content: "c", ttl: 60 }) };
    return Promise.resolve(Response.json({ success: true, errors: [], result }));
  });
});
afterAll(() => fetched.mockRestore());

const tools = (domains: EdgeDomains, looks = 4): ManagedTools => ({
  domains,
  cloudflare: Cloudflare.withToken("token", "the test"),
  say: (line) => void said.push(line),
  patience: { looks, wait: () => Promise.resolve() },
});
const renew = (azure: Azure, always = false, looks?: number) =>
  renewManaged("www", zone, always, tools(azure, looks));

test("a name that is due gets a new token into its record, and is awaited", async () => {
  const azure = new Azure([
    { validation: "PendingRevalidation" },
    { validation: "RefreshingValidationToken" },
    { validation: "Pending", token: "new" },
    { validation: "Pending", token: "new" },
    { validation: "Approved", token: "new" },
  ]);
  expect(await renew(azure)).toBe(true);
  expect(azure.renewed).toBe(1);
  expect(calls).toEqual([
    `GET ?name=_dnsauth.${host}`,
    'PATCH /r1 {"content":"\\"new\\""}',
    `answered blanklabel.example _dnsauth.${host} new`,
  ]);
  expect(said).toEqual([
    `${host} is PendingRevalidation: asking Azure for a new token`,
    `${host}: the token is in DNS; waiting for Azure`,
    `${host} is Approved`,
  ]);
});

test("one that is approved is left alone, unless all are wanted", async () => {
  const azure = new Azure([{}]);
  expect(await renew(azure)).toBe(false);
  expect([azure.renewed, calls]).toEqual([0, []]);
  const wanted = new Azure([{}, { token: "new", validation: "Pending" }, { token: "new" }]);
  expect(await renew(wanted, true)).toBe(true);
  expect(wanted.renewed).toBe(1);
});

test("one that still waits for its first token gets it into DNS, made anew where it is gone", async () => {
  held = [];
  const azure = new Azure([
    { validation: "Pending", token: "first" },
    { validation: "Pending", token: "first" },
    { token: "first" },
  ]);
  expect(await renew(azure)).toBe(true);
  expect(azure.renewed).toBe(0);
  expect(calls.slice(0, 2)).toEqual([
    `GET ?name=_dnsauth.${host}`,
    `POST  {"name":"_dnsauth.${host}","type":"TXT","content":"\\"first\\"","ttl":60,"proxied":false}`,
  ]);
});

test("a validation that Azure ends is told, with what to look at", async () => {
  const azure = new Azure([
    { validation: "TimedOut" },
    { validation: "Pending", token: "new" },
    { validation: "Rejected", token: "new" },
  ]);
  await expect(renew(azure)).rejects.toThrow(
    `Azure has ended the validation of ${host}: it is Rejected; see that CAA records allow digicert.com (\`standby check\` looks), then run this again`,
  );
});

test("Azure may take longer than anyone waits", async () => {
  const azure = new Azure([{ validation: "PendingRevalidation" }, { validation: "Pending", token: "new" }]);
  await expect(renew(azure)).rejects.toThrow(
    `Azure has not approved ${host} in time: it is Pending; it goes on by itself, run this again to wait for it`,
  );
  const stuck = new Azure([
    { validation: "PendingRevalidation" },
    { validation: "RefreshingValidationToken" },
  ]);
  await expect(renew(stuck, false, 2)).rejects.toThrow(`Azure gave no new token for ${host} in time`);
});

test("the whole is as its worst, and ends with the first", () => {
  const one = { name: host, state: "Approved", expires: "2027-03-01T00:00:00.000Z", renewed: true };
  const other = { ...one, name: "images.blanklabel.example", expires: "2027-02-01T00:00:00.000Z" };
  expect(summary([one, other])).toMatchObject({ state: "Approved", expires: other.expires });
  expect(summary([one, { ...other, state: "Pending", expires: null }])).toMatchObject({
    state: "Pending",
    expires: null,
  });
});
