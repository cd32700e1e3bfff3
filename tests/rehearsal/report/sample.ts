import type { DrillReport } from "../../../rehearsal/report";

/** Story seconds in a real one, as in a drill. */
const speed = 1_200;
const points = 75;
const at = Array.from({ length: points }, (_, index) => 18 + index);

const storyTime = at.map((_, index) => {
  const minutes = (16.5 * 60 + (index * speed) / 60) % (24 * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(Math.round(minutes % 60)).padStart(2, "0")}`;
});
const flip = 9;
const total = (index: number): number =>
  index < 3 ? 4 : Math.round(22 + 10 * Math.sin(index / 6) + ((index * 7) % 5));
const ordersPrimary = at.map((_, index) =>
  index < flip ? Math.min(total(index), 8) : index < 57 ? Math.round(5 * Math.exp((flip - index) / 25)) : 0,
);
const ordersStandby = at.map((_, index) => (index < flip ? 0 : total(index)));
const images = at.map((_, index) => (index < 3 ? 30 : 150 + ((index * 13) % 40)));

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** A report of a day that went well. */
export const sample: DrillReport = {
  ok: true,
  seed: 20_100_512,
  speed,
  seconds: 97.4,
  timeline: [
    { at: 0, storyTime: "16:30", event: "calm", detail: "12 visitors browse the shop on its shared host" },
    {
      at: 6.2,
      storyTime: "16:30",
      event: "prod is up",
      detail: "www.blanklabel.example points at the primary with a TTL of 60 s",
    },
    {
      at: 15.8,
      storyTime: "16:30",
      event: "standby is up",
      detail: "62 resources; certificates issued for www, standby and images",
    },
    { at: 17.1, storyTime: "16:30", event: "sync", detail: "9 tables, 1,204 rows; 9 identities raised" },
    {
      at: 21.3,
      storyTime: "17:30",
      event: "surge",
      detail: "the article is out: 140 visitors at once, the shared host turns most of them away",
    },
    { at: 26.9, storyTime: "19:30", event: "check", detail: "ready: 14 of 14 checks passed" },
    {
      at: 27.4,
      storyTime: "19:40",
      event: "flip",
      detail: "one record updated in place; the authoritative answer changed after 0.2 s",
    },
    { at: 28.0, storyTime: "19:50", event: "first visit on the standby", detail: "0.6 s after the flip" },
    {
      at: 41.6,
      storyTime: "00:20",
      event: "mail at its limit",
      detail: "212 mails deferred, all of them queued and sent later",
    },
    {
      at: 47.0,
      storyTime: "02:10",
      event: "reconcile",
      detail: "96 orders inserted, 11 rows updated, 0 conflicts; visitors go on writing",
    },
    { at: 76.1, storyTime: "11:50", event: "last visit on the primary", detail: "the tail is over" },
    {
      at: 88.2,
      storyTime: "15:50",
      event: "reconcile",
      detail: "41 orders inserted; verified; nothing is left on the primary",
    },
  ],
  cutover: {
    recordsChanged: 1,
    secondsToFirstStandbyVisit: 0.6,
    tailSeconds: 57_900,
    lastPrimaryVisitSeconds: 48.3,
  },
  orders: {
    placed: sum(ordersPrimary) + sum(ordersStandby),
    onPrimary: sum(ordersPrimary),
    onStandby: sum(ordersStandby),
    stragglers: 137,
    brought: 137,
    held: 0,
    lost: 0,
    duplicated: 0,
    misattributed: 0,
  },
  users: {
    placed: 842,
    onPrimary: 120,
    onStandby: 722,
    stragglers: 88,
    brought: 88,
    held: 0,
    lost: 0,
    duplicated: 0,
    misattributed: 0,
  },
  identities: [
    { table: "public.customers", column: "id", offset: 57_600, used: 1_388, headroom: 56_212 },
    { table: "public.orders", column: "id", offset: 57_600, used: 4_209, headroom: 53_391 },
    { table: "public.order_lines", column: "id", offset: 115_200, used: 98_770, headroom: 16_430 },
    {
      table: "public.payments",
      column: "payment_number",
      offset: "9223372036854775000",
      used: "137",
      headroom: "9223372036854774863",
    },
  ],
  mail: { accepted: 2_210, deferred: 212, delivered: 2_210, lost: 0 },
  images: { requests: sum(images), fromEdge: sum(images) - 60, failed: 0 },
  pauses: [],
  checks: [
    {
      id: "certificate",
      status: "pass",
      found: "issued for www.blanklabel.example, 179 days left",
      wanted: "30 days",
      fix: "",
    },
    {
      id: "identities",
      status: "pass",
      found: "9 of 9 identities have headroom for 48 h",
      wanted: "all",
      fix: "",
    },
    {
      id: "mail",
      status: "warn",
      found: "the last real message is 9 days old",
      wanted: "one within 7 days",
      fix: "Run `standby check --deep`.",
    },
    { id: "images", status: "pass", found: "all 48 images come from the edge", wanted: "all", fix: "" },
  ],
  engine: { cli: "3.259.0", source: "built from its Go module" },
  series: {
    at,
    storyTime,
    ordersPrimary,
    ordersStandby,
    requests: images.map((value) => Math.round(value * 1.4)),
    failures: at.map((_, index) => (index >= 3 && index < flip ? 40 + ((index * 11) % 17) : 0)),
    images,
    edgeImages: images.map((value, index) => (index < 5 ? value - 12 : value)),
    imageFailures: at.map(() => 0),
    marks: [
      { at: 21.3, storyTime: "16:30", label: "the article is out" },
      { at: 27.4, storyTime: "19:00", label: "cutover" },
      { at: 47, storyTime: "02:00", label: "first reconcile" },
      { at: 76.1, storyTime: "12:00", label: "end of the tail" },
    ],
  },
};

/** A day on which things went wrong, told in text that tries to be more than text. */
export const hostile: DrillReport = {
  ...sample,
  ok: false,
  orders: { ...sample.orders, brought: 134, lost: 2, misattributed: 1 },
  timeline: [
    {
      at: 1,
      storyTime: "16:30",
      event: `<img src=x onerror="alert(1)">`,
      detail: `</script><script>alert(2)</script>`,
    },
  ],
  identities: [
    { table: `public."<b>"`, column: "<script>alert(3)</script>", offset: 10, used: 12, headroom: -2 },
  ],
  checks: [{ id: `"><script>alert(4)</script>`, status: "fail", found: "<u>", wanted: "<i>", fix: "<s>" }],
  findings: [
    { kind: "misattributed", what: "order", key: "<svg onload=alert(5)>", detail: "& of another's" },
  ],
  engine: { cli: "<cli>", source: "'source'" },
  series: {
    at: [1, 2],
    storyTime: ["16:30", "<b>"],
    ordersPrimary: [1, 2],
    ordersStandby: [0, 1],
    requests: [3, 3],
    failures: [1, 0],
    images: [2, 2],
    edgeImages: [1, 2],
    imageFailures: [0, 0],
    marks: [{ at: 1, storyTime: "16:30", label: "</script><script>alert(6)</script>" }],
  },
};
