import type { DrillReport } from "./types";

const grouped = new Intl.NumberFormat("en-US");

/** 1393 as `1,393`; ids beyond a double come as strings of digits. */
export function count(value: number | string): string {
  return typeof value === "number" ? grouped.format(value) : grouped.format(BigInt(value));
}

/** `1 order`, `2 orders`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Seconds to one decimal, `–` where there were none. */
export function seconds(value: number | null): string {
  return value === null ? "–" : `${value.toFixed(1)} s`;
}

/** Story seconds as hours and minutes: `15 h 40 min`. */
export function storyDuration(value: number | null): string {
  if (value === null) return "–";
  const minutes = Math.round(value / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** A share in whole per cent; to one decimal near the ends, so that neither 100 nor 0 is said of what is not. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const exact = (part / whole) * 100;
  if (exact > 99 && part < whole) return `${(Math.floor(exact * 10) / 10).toFixed(1)} %`;
  if (exact < 1 && part > 0) return "under 1 %";
  return `${Math.round(exact)} %`;
}

/** The day in one line. */
export function verdictTitle(report: DrillReport): string {
  if (report.ok) return "Nothing was lost.";
  const faults = [
    fault(report.orders.lost + report.users.lost, "lost"),
    fault(report.orders.duplicated + report.users.duplicated, "duplicated"),
    fault(report.orders.misattributed + report.users.misattributed, "with the wrong person"),
    fault(report.changes?.lost ?? 0, "changed in vain"),
    fault(report.mail.lost, "mails lost"),
  ].filter((text) => text !== undefined);
  return faults.length > 0 ? `${faults.join(", ")}.` : "The day did not go as it must.";
}

function fault(value: number, what: string): string | undefined {
  return value === 0 ? undefined : `${count(value)} ${what}`;
}

/** What the title rests on. */
export function verdictDetail({ orders, users, mail }: DrillReport): string {
  const held = (orders.held ?? 0) + (users.held ?? 0);
  return [
    `Visitors placed ${counted(orders.placed, "order")} and made ${counted(users.placed, "account")}.`,
    `After the cutover stale DNS still took ${counted(orders.stragglers, "order")} and ` +
      `${counted(users.stragglers, "account")} to the old site; ` +
      `${count(orders.brought)} and ${count(users.brought)} of them were brought over.`,
    held === 0 ? "" : `${counted(held, "row")} held back by a conflict that reconcile has reported.`,
    `${count(mail.delivered)} of ${counted(mail.accepted, "mail")} arrived.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
