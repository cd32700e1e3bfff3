import type { Sample } from "./sample";

/** A sample as a few aligned lines for a person. */
export function showSample(sample: Sample): string {
  const least = [...sample.headroom].sort((a, b) => (BigInt(a.left) < BigInt(b.left) ? -1 : 1))[0];
  const { mail, certificate } = sample;
  const mailState = !mail.reached ? "not reached" : mail.signedIn ? "lets the shop sign in" : "reached";
  const lines: (readonly [string, string])[] = [
    ["at", sample.at],
    ...sample.dns.map(
      ({ server, target, site }) =>
        ["DNS", `${server} → ${target ?? "nothing"}${site === null ? "" : ` (${site})`}`] as const,
    ),
    ...sample.sites.map((seen) => [seen.site, siteLine(seen)] as const),
    [
      "new ids",
      least === undefined ? "unknown" : `${least.table}.${least.column} has room for ${least.left}`,
    ],
    ["mail", `${mailState}${mail.trouble === null ? "" : `: ${mail.trouble}`}`],
    [
      "certificate",
      `${certificate.name} until ${certificate.expires?.slice(0, 10) ?? "unknown"}` +
        (certificate.trouble === null ? "" : `: ${certificate.trouble}`),
    ],
    ...sample.trouble.map((text) => ["trouble", text] as const),
  ];
  return lines.map(([label, words]) => `${label.padEnd(12)}${words}`).join("\n");
}

function siteLine({ status, milliseconds, orders, ordersPerHour, trouble }: Sample["sites"][number]): string {
  const health = status === null ? "no answer" : `${status} in ${milliseconds ?? 0} ms`;
  const count = orders === null ? "orders unknown" : `${orders} orders`;
  const rate = ordersPerHour === null ? "" : `, ${ordersPerHour} an hour`;
  return [`${health}, ${count}${rate}`, ...trouble].join("; ");
}
