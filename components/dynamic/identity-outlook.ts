import type { IdentityCache } from "../../operations/data/engines/sqlserver/identity-cache";
import type { IdentityOutlook, OffsetPolicy } from "../../operations/data/offsets";
import { exitCodes, Fault } from "../../operations/fault";
import { isKnown } from "./unknown";

/** What a look at the database adds to the resource's inputs, so that Pulumi's own diff shows it. */
export interface Outlook {
  /** The offset of every identity there is, by `schema.table.column`: the policy's, the same at every look. */
  readonly covered?: Readonly<Record<string, string>>;
  /** What an update would do now; missing where there is nothing to do. */
  readonly pending?: Readonly<Record<string, string>>;
}

/** The looks that are taken, and where a person is told of what no diff can show. */
export interface Looks {
  readonly foresee: (url: string, policy: OffsetPolicy, milliseconds: number) => Promise<IdentityOutlook>;
  readonly readCache: (url: string, milliseconds: number) => Promise<IdentityCache>;
  readonly say: (line: string) => void;
}

// The drivers are loaded where there is a database to look at, which is not yet so in a first preview.
/* eslint-disable @typescript-eslint/no-require-imports */
export const offsets = () =>
  require("../../operations/data/offsets") as typeof import("../../operations/data/offsets");
export const identityCache = () =>
  require("../../operations/data/engines/sqlserver/identity-cache") as typeof import("../../operations/data/engines/sqlserver/identity-cache");
/* eslint-enable @typescript-eslint/no-require-imports */

const looks: Looks = {
  foresee: (...of) => offsets().foreseeIdentities(...of),
  readCache: (...of) => identityCache().readIdentityCache(...of),
  // Pulumi shows what a provider writes to stderr among its messages.
  say: (line) => console.error(line),
};

/** Milliseconds: a preview waits no longer for a database that lets nobody in. */
const patience = 3_000;

const grouped = (value: bigint): string => value.toLocaleString("en-US");

/** Offsets, and moves in figures: `1,204 -> 4,404 (+3,200)`. */
function outlookOf(
  { recorded, base, offsets, moves, unsynced, full }: IdentityOutlook,
  say: Looks["say"],
): Outlook {
  if (offsets.size === 0) say("identity offsets: the database holds no tables yet; the first sync sets them");
  else if (!base)
    say(`identity offsets: ${String(offsets.size)} identities wait for the first sync, which sets them`);
  else if (unsynced.length > 0)
    say(`identity offsets: ${unsynced.join(", ")} came since the last sync; the next one sets them`);
  for (const each of full) say(`identity offsets: no room: ${each}`);
  const pending = {
    ...(recorded ? {} : { policy: "is recorded" }),
    ...Object.fromEntries(
      moves.map(({ identity, stands, seed }) => [
        identity,
        `${grouped(stands)} -> ${grouped(seed)} (+${grouped(seed - stands)})`,
      ]),
    ),
  };
  return {
    covered: Object.fromEntries([...offsets].map(([identity, offset]) => [identity, String(offset)])),
    ...(Object.keys(pending).length === 0 ? {} : { pending }),
  };
}

/**
 * Looks at the database while a change is planned. One that cannot be reached keeps what was covered before: it is the
 * normal case for a private database, and no reason to show a change.
 */
export async function outlook(
  databaseUrl: string,
  policy: OffsetPolicy,
  before: Outlook,
  { foresee, readCache, say }: Looks = looks,
): Promise<Outlook> {
  const kept: Outlook = before.covered === undefined ? {} : { covered: before.covered };
  if (!isKnown(databaseUrl)) {
    say("identity offsets: where the database will be is not known yet, so what would move is not shown");
    return kept;
  }
  const engine = databaseUrl.slice(0, databaseUrl.indexOf(":"));
  try {
    const found = outlookOf(await foresee(databaseUrl, policy, patience), say);
    if (engine !== "sqlserver" || (await readCache(databaseUrl, patience)) !== "on") return found;
    return { ...found, pending: { ...found.pending, "identity cache": "on -> off" } };
  } catch (error) {
    if (!(error instanceof Fault) || error.exitCode !== exitCodes.outside) throw error;
    say(
      `identity offsets: the database cannot be reached from here, so what would move is not shown; sync and cutover set it (${error.message})`,
    );
    return kept;
  }
}
