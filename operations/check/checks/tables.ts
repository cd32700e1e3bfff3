import { parseDatabaseUrl } from "../../connection";
import { operations, type ShownTreatment } from "../../data/engine";
import { databaseUrl } from "../../deployment";
import { pass, reason, warn, type Check, type Look } from "../check";

/** What late rows would be brought over by, and no definition says: somebody has said it before the day comes. */
export const tables: Check = {
  id: "tables",
  before: ["standby"],
  seconds: 20,
  wanted: () =>
    "every number has a generator, and every reference a foreign key, or standby.tables.yaml says what it is",
  fix: () => "say in standby.tables.yaml what they are (docs/tables.md), then run `standby sync`",
  look: async ({ deployment: { settings, standby }, env, tables: given }) => {
    const { offsets, databaseUrl: url } = standby.outputs;
    const to = parseDatabaseUrl("the standby's databaseUrl", url);
    try {
      const from = parseDatabaseUrl("the primary's database", await databaseUrl("primary", settings, env));
      const request = { rule: { kind: "forecast", policy: offsets }, apply: false, tables: given } as const;
      return judgeTables(await operations.identities(from, to, request, () => undefined));
    } catch (error) {
      // Other checks say whether that keeps the standby from taking over.
      return warn(`the tables cannot be looked at: ${reason(error)}`);
    }
  },
};

/** At most so many are named. */
const most = 5;

export function judgeTables({ leftOut, references, numbers }: ShownTreatment): Look {
  const open = [
    ...references
      .filter(({ status }) => status === "likely" || status === "possible")
      .map(({ from, to }) => `${from} may refer to ${to.join(" or ")}`),
    ...numbers
      .filter(({ status }) => status === "suspected")
      .map(({ column }) => `${column} counts up with no generator`),
  ];
  const out = leftOut.length === 0 ? "" : `; left out: ${leftOut.map(({ table }) => table).join(", ")}`;
  if (open.length === 0) return pass(`no reference and no number is open${out}`);
  const more = open.length > most ? ` and ${open.length - most} more` : "";
  return warn(`${open.slice(0, most).join("; ")}${more}${out}`);
}
