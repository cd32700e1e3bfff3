/** What SQL Server and its driver say when something fails, by number, and what a person can do about it. */
import { z } from "zod";
import { Fault, outside } from "../../../fault";
import { blamed } from "../blame";

const networkCodes: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "nothing listens there; check host, port and firewall"],
  [/ENOTFOUND/, "the host name is not known; check its spelling"],
  [/EAI_AGAIN/, "the host name could not be looked up; check the network"],
  [/EHOSTUNREACH|ENETUNREACH/, "the host cannot be reached; check the network"],
  [/ECONNRESET|EPIPE|socket hang up|Connection lost|EINVALIDSTATE/, "the connection was cut"],
  [/ETIMEOUT|ETIMEDOUT/, "no answer in time; check the network and the firewall"],
];

/** By number: learn.microsoft.com, relational-databases/errors-events: database engine events and errors. */
const serverCodes: Readonly<Record<number, string>> = {
  651: "an index lets no single rows be locked; ALTER INDEX ALL ON the table SET (ALLOW_ROW_LOCKS = ON)",
  701: "the server has too little memory for this; look what else it does",
  976: "the database is a secondary that is not read from; name the primary replica",
  978: "the database is a secondary that is read with ApplicationIntent=ReadOnly alone; name the primary replica",
  1105: "a file of the database is full, or the disk it is on",
  1222: "somebody held a row or a table for too long; look for long transactions, then run again",
  3906: "the database is read-only; is it a secondary, or set READ_ONLY?",
  3952: "ALLOW_SNAPSHOT_ISOLATION is off; switch it on (ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON)",
  3958: "tempdb has no room left for the versions of rows that were changed while this read; give it more",
  3961: "a table was altered while it was read; wait until the change is through",
  3967: "tempdb has no room left for the versions of rows that were changed while this read; give it more",
  4060: "there is no such database on the server, or this login may not open it",
  9002: "the transaction log is full; back it up, or give it room",
  18452: "the server takes Windows accounts alone; allow SQL logins, or use another",
  18456: "the login was refused: a wrong password, or one that may not sign in to this database",
  10928: "the database has no worker or session left at its size; scale it up, or try later",
  10929: "the database has no worker or session left at its size; scale it up, or try later",
  18470: "the login is disabled",
  18486: "the login is locked after too many wrong passwords",
  18487: "the login's password has expired; change it",
  18488: "the login's password has to be changed first",
  40197: "the service is being moved; it takes seconds",
  40501: "the service is busy; it asks to wait ten seconds",
  40544: "the database has reached its size limit; raise it",
  40549: "the service ended a transaction that ran too long; run with --batch",
  40550: "the service ended a transaction that held too many locks; run with --batch",
  40551:
    "the service ended a transaction that took too much of tempdb; run with --batch, or scale the database up",
  40552: "the service ended a transaction whose log grew too long; run with --batch",
  40553: "the service ended a session that took too much memory; scale the database up",
  40613: "the database is not available yet: one that was paused takes about a minute to resume",
  40615: "the server's firewall keeps this address out; let it in",
  49918: "the service is busy; it asks to wait",
  49919: "the service is busy; it asks to wait",
  49920: "the service is busy; it asks to wait",
};
export const missingRight: ReadonlySet<number> = new Set([
  229, 230, 262, 297, 300, 916, 1088, 2557, 2571, 2760, 3704, 4613, 8104, 10314, 15151, 15247, 15562,
]);

/** Worth another try within a minute: what a database on Azure says while it resumes or moves. */
const passing: ReadonlySet<number> = new Set([40197, 40501, 40613, 49918, 49919, 49920]);
/** A deadlock; a row that changed under a snapshot. */
const again: ReadonlySet<number> = new Set([1205, 3960]);
/** A required value, a reference or a check, a duplicate, a trigger that rolls back; what a trigger or a view raises comes with 50000 and above. */
const constraints: ReadonlySet<number> = new Set([515, 547, 550, 2601, 2627, 3609]);

const one = z.object({
  code: z.string().catch(""),
  number: z.number().catch(0),
  message: z.string().catch(""),
});
const shape = one.extend({ errors: z.array(one).catch([]) });

export interface ServerError {
  readonly code: string;
  /** 0 where it was not the server that said so. */
  readonly number: number;
  readonly message: string;
}

/** A failure's code, number and text. Of several that came together, the first speaks: the others follow from it. */
export function readError(error: unknown): ServerError {
  const parsed = shape.safeParse(error);
  if (!parsed.success) return { code: "", number: 0, message: "" };
  const [first] = parsed.data.errors;
  const { code, number, message } = first ?? parsed.data;
  return { code, number, message };
}

const below = z.object({
  code: z.unknown().optional(),
  cause: z.unknown().optional(),
  errors: z.array(z.unknown()).catch([]),
});

/** The codes of a failure and of what caused it: the driver keeps the network's own at the bottom. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  const parsed = below.safeParse(error);
  if (!parsed.success || depth > 4) return [];
  const { code, cause, errors } = parsed.data;
  const deeper = [cause, ...errors].flatMap((one) => codesOf(one, depth + 1));
  return typeof code === "string" ? [...deeper, code] : deeper;
}

export const isPassing = (error: unknown): boolean => passing.has(readError(error).number);

/** The transaction is gone, and with it the savepoint: the server rolled everything back by itself. */
export class TransactionGone extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the server rolled the whole transaction back (${reason})`, options);
  }
}

export const asksForAnother = (error: unknown): boolean =>
  error instanceof TransactionGone || again.has(readError(error).number);

export function constraintFault(error: unknown): string | undefined {
  const { number, message } = readError(error);
  // Without the value, which may be nobody's business.
  return constraints.has(number) || number >= 50_000
    ? message.replace(/ ?The duplicate key value is \(.*\)\./s, "")
    : undefined;
}

/** Turns what the driver throws into a message with host, port and advice; defects of ours pass through as they are. */
export function explain(error: unknown, asked: string): unknown {
  if (error instanceof Fault) return error;
  const label = blamed(error, asked);
  const told = (text: string): Fault => outside(`${label}: ${text}; safe to run again`, { cause: error });
  if (error instanceof TransactionGone) return told(error.message);
  const { code, number, message } = readError(error);
  const known = serverCodes[number];
  if (known !== undefined) return told(known);
  if (missingRight.has(number)) return told(`the user lacks a right (${message}); grant it`);
  if (number !== 0) return outside(`${label}: ${message} (error ${number})`, { cause: error });
  const signs = [...codesOf(error), message];
  for (const [pattern, advice] of networkCodes)
    if (signs.some((sign) => pattern.test(sign))) return told(advice);
  if (/certificate|self[- ]signed|TLS|SSL|encrypt|wrong version number/i.test(message))
    return told(`${message}; check the network, encrypt and trustServerCertificate in the URL`);
  if (/^E[A-Z]+$/.test(code)) return told(`${message}; check the network, and encrypt in the URL`);
  return error;
}
