import { leaf, number, optionalLeaf } from "../leaf";

const count = (example: string, why: string) =>
  leaf(number(0, 100_000_000), {
    allowed: "a number from 0 to 100000000 an hour",
    example,
    unit: "an hour",
    why,
  });
const hours = (fallback: number, why: string) =>
  leaf(
    number(0.25, 720),
    { allowed: "a number of hours from 0.25 to 720", example: String(fallback), unit: "hours", why },
    fallback,
  );

/** What the day is expected to bring: sizes, offsets and limits are derived from it. */
export const forecastSettings = {
  visitorsPerHour: count("10000", "Visitors at the busiest hour: instances and alerts are sized by it."),
  ordersPerHour: count(
    "300",
    "Orders at the busiest hour: the offset of ids and the database are sized by it.",
  ),
  mailsPerHour: count(
    "600",
    "Mails at the busiest hour: held against what Azure lets the subscription send.",
  ),
  tailHours: hours(24, "How long stale DNS may still send visitors to the primary after a cutover."),
  syncAgeHours: hours(26, "The oldest a sync may be at a cutover: a nightly one, and the time it takes."),
  safety: leaf(
    number(1, 100),
    {
      allowed: "a factor from 1 to 100",
      example: "2",
      unit: "factor",
      why: "Times the forecast's rows: ids cost nothing, a collision costs a night.",
    },
    2,
  ),
  rowsPerHour: optionalLeaf(number(1, 1_000_000_000), {
    allowed: "a number of rows from 1 to 1000000000 an hour",
    example: "10000",
    unit: "rows an hour",
    why: "Rows of the busiest table; derived from the forecast where it is not set.",
  }),
};
