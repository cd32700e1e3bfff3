import { certificateReady } from "../../policy/certificate-ready";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const hosts = ["www.shop.example", "shop.example", "standby.shop.example", "images.shop.example"];
const domain = (hostName: string, certificateType = "ManagedCertificate"): Declared => ({
  type: types.customDomain,
  name: hostName,
  inputs: { hostName, tlsSettings: { certificateType } },
  ...(certificateType === "ManagedCertificate" ? {} : { from: { tlsSettings: ["secret"] } }),
});
const proof = (host: string, name = `_dnsauth.${host}`): Declared => ({
  type: types.dnsRecord,
  name: `proof-${host}`,
  inputs: { name, type: "TXT", content: unknownText },
  from: { content: [host] },
});
const managed = [...hosts.map((host) => domain(host)), ...hosts.map((host) => proof(host))];

const secret: Declared = {
  type: types.edgeSecret,
  name: "secret",
  inputs: { parameters: { useLatestVersion: true } },
  from: { parameters: ["issued"] },
};
const issued = (hostNames: readonly string[]): Declared => ({
  type: types.acmeCertificate,
  name: "issued",
  inputs: { hostNames },
});
const job = (settings: unknown): Declared => ({
  type: types.webApp,
  name: "job",
  inputs: { siteConfig: { appSettings: settings } },
});
const renewing = job([{ name: "RENEW_SCHEDULE", value: "37 3 * * *" }]);
const own = [...hosts.map((host) => domain(host, "CustomerCertificate")), secret];

test("takes managed certificates with their proofs, and one's own, renewed by a job where an authority issues it", () => {
  expect(judge(certificateReady, managed)).toEqual(good);
  expect(judge(certificateReady, own)).toEqual(good);
  expect(judge(certificateReady, [...own, issued(hosts), renewing])).toEqual(good);
  expect(judge(certificateReady, [{ ...job([]), inputs: { tags: { site: "primary" } } }])).toEqual(good);
});

test("refuses an edge without one of the names", () => {
  expect(
    judge(
      certificateReady,
      managed.filter(({ name }) => name !== "www.shop.example"),
    ).wrong,
  ).toEqual([
    [
      undefined,
      "no custom domain www.<domain> at the edge; wanted: one each for www, standby and images, so that each has its " +
        "certificate beforehand. Fix: declare an AFDCustomDomain for it.",
    ],
  ]);
  expect(
    judge(
      certificateReady,
      managed.filter(({ name }) => name !== "shop.example"),
    ).wrong,
  ).toEqual([
    [
      undefined,
      "no custom domain shop.example at the edge; wanted: one, since whoever types the domain alone follows " +
        "www.shop.example to the edge, which knows it by its own name only. Fix: declare an AFDCustomDomain for it.",
    ],
  ]);
});

test("refuses a standby's app without any name at the edge", () => {
  expect(judge(certificateReady, [job([])]).wrong.map(([, message]) => message.split(";")[0])).toEqual([
    "no custom domain www.<domain> at the edge",
    "no custom domain standby.<domain> at the edge",
    "no custom domain images.<domain> at the edge",
  ]);
});

test("refuses a managed certificate without its proof, and a proof that a renewal would not reach", () => {
  const rest = managed.filter(({ name }) => name !== "proof-www.shop.example");
  expect(judge(certificateReady, rest).wrong).toEqual([
    [
      "www.shop.example",
      "_dnsauth.www.shop.example has no TXT record; wanted: one with the domain's validation token, by which the edge " +
        "issues the certificate before the name leads there. Fix: declare it.",
    ],
  ]);
  const fixed: Declared = { ...proof("www.shop.example"), from: {} };
  expect(judge(certificateReady, [...rest, fixed]).wrong).toEqual([
    [
      "proof-www.shop.example",
      "content of proof-www.shop.example is not made from www.shop.example; wanted: its validation token of today, " +
        "since a renewal needs a new one. Fix: take it from getAFDCustomDomainOutput.",
    ],
  ]);
});

test("refuses one's own certificate from nowhere, of one version, without a name, or that nobody renews", () => {
  const domains = own.slice(0, hosts.length);
  expect(judge(certificateReady, domains).wrong[0]).toEqual([
    "www.shop.example",
    "tlsSettings of www.shop.example refers to no Secret of this profile; wanted: one made from a vault. Fix: set " +
      "tlsSettings.secret.id to the Secret's id.",
  ]);
  const dated: Declared = { ...secret, inputs: { parameters: { useLatestVersion: false } } };
  expect(judge(certificateReady, [...domains, dated]).wrong[0]).toEqual([
    "secret",
    "parameters.useLatestVersion of secret is false; wanted: true, so that a renewed certificate is taken up by itself. " +
      "Fix: set parameters.useLatestVersion to true.",
  ]);
  expect(judge(certificateReady, [...own, issued(hosts.slice(1)), renewing]).wrong).toEqual([
    [
      "issued",
      'hostNames of issued is ["shop.example","standby.shop.example","images.shop.example"]; wanted: www.shop.example among them. ' +
        "Fix: add it to hostNames.",
    ],
  ]);
  expect(judge(certificateReady, [...own, issued(hosts), job([])]).wrong).toEqual([
    [
      undefined,
      "no job renews the certificate; wanted: an app with a RENEW_SCHEDULE, since an authority's certificate ends " +
        "within 90 days. Fix: declare the standby's Job.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  const of = (declared: readonly Declared[]) => judge(certificateReady, declared);
  const proofless = managed.filter(({ name }) => name !== "proof-www.shop.example");
  expect(of([...proofless, proof("www.shop.example", unknownText)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: name of proof-www.shop.example",
  });
  expect(of([...managed, { ...domain(unknownText), name: "other" }])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: hostName of other",
  });
  expect(of([...managed.slice(1), domain("www.shop.example", unknownText)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: tlsSettings.certificateType of www.shop.example",
  });
  for (const settings of [unknownText, [{ name: "RENEW_SCHEDULE", value: unknownText }]])
    expect(of([...own, issued(hosts), job(settings)]).open).toMatch(/^cannot be judged .* of job$/);
});
