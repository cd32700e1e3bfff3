import { headroomOf } from "../../../operations/check/checks/new-ids";
import type { Finding, Status } from "../../../operations/check/check";
import type { IdentityPlan } from "../../../operations/data/identities";
import { figuresOf } from "../../../operations/job/tasks/check";
import type { Figures } from "../../../settings/metrics";

const finding = (id: string, status: Status, figures?: Figures): Finding => ({
  id,
  status,
  found: "",
  wanted: "",
  fix: "",
  ...(figures === undefined ? {} : { figures }),
});
const of = (...checks: Finding[]): Figures => figuresOf({ ready: false, checks });

test("the least of what was measured is told", () => {
  expect(
    figuresOf({
      ready: true,
      checks: [
        finding("dns", "pass"),
        finding("certificate-www", "pass", { certificateDays: 80 }),
        finding("certificate-images", "warn", { certificateDays: 40 }),
        finding("new-ids", "pass", { idHeadroom: 90 }),
        finding("last-sync", "pass", { baseAge: 3.5 }),
        finding("images", "warn"),
        finding("mail-dns", "pass"),
        finding("mail-server", "warn"),
      ],
    }),
  ).toEqual({
    ready: 1,
    checkFailures: 0,
    dnsAsDeclared: 1,
    certificateDays: 40,
    idHeadroom: 90,
    baseAge: 3.5,
    imagesAtEdge: 1,
    mailReady: 1,
  });
});

test("what fails is 0, and what could not be looked at is told only as a check that failed", () => {
  expect(of(finding("dns", "fail"), finding("images", "fail"), finding("mail-dns", "fail"))).toEqual({
    ready: 0,
    checkFailures: 3,
    dnsAsDeclared: 0,
    imagesAtEdge: 0,
    mailReady: 0,
  });
  expect(of(finding("dns", "unknown"), finding("images", "unknown"), finding("mail-dns", "unknown"))).toEqual(
    {
      ready: 0,
      checkFailures: 3,
    },
  );
  expect(of(finding("mail-dns", "unknown"), finding("mail-server", "fail"))).toMatchObject({ mailReady: 0 });
});

describe("headroom of the ids", () => {
  const plan = (headroom: bigint, used: bigint, over: Partial<IdentityPlan> = {}): IdentityPlan => ({
    table: "public.orders",
    column: "id",
    kind: "serial",
    maxFrom: 0n,
    maxTo: 0n,
    generatorFrom: 0n,
    seed: 0n,
    offset: headroom + used,
    used,
    headroom,
    typeMax: 1n << 40n,
    status: "planned",
    ...over,
  });

  test.each([
    ["the table that has least", [plan(900n, 100n), plan(250n, 750n)], { idHeadroom: 25 }],
    ["nothing below one percent of hope", [plan(1n, 999n)], { idHeadroom: 0 }],
    ["none left", [plan(-5n, 1005n)], { idHeadroom: 0 }],
    ["never moved: what is planned is not there", [plan(1000n, 0n, { offset: 1000n })], { idHeadroom: 0 }],
    ["moved a moment ago", [plan(1000n, 0n, { status: "enough" })], { idHeadroom: 100 }],
    ["no identities", [], {}],
  ])("%s", (_what, plans, figures) => {
    expect(headroomOf(plans)).toEqual(figures);
  });
});
