/** What SHOW GRANTS says, read as rights. */

export interface Grants {
  /** To every table of the server. */
  readonly server: ReadonlySet<string>;
  /** To every table of the database. */
  readonly database: ReadonlySet<string>;
  /** To single tables, as a whole. */
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>;
}

const part = "(\\*|`(?:[^`]|``)*`)";
const statement = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?${part}\\.${part} (?:TO|FROM) `);

/**
 * Of several patterns that a database's name fits, the server takes one; here all count, so that nobody is told to lack
 * what is granted. A right to some columns only is none to the table.
 *
 * @param lines as the server prints them: they may hold the hash of a password, and are shown to nobody
 */
export function grantsOf(lines: readonly string[], database: string): Grants {
  const [server, whole, tables] = [new Set<string>(), new Set<string>(), new Map<string, Set<string>>()];
  const revoked: string[] = [];
  for (const line of lines) {
    const [, verb, privileges = "", on = "", table = ""] = statement.exec(line) ?? [];
    if (verb === undefined) continue;
    const rights = privilegesOf(privileges);
    if (on === "*") rights.forEach((right) => server.add(right));
    else if (table !== "*") {
      if (!isSame(unquoted(on), database)) continue;
      const known = tables.get(unquoted(table)) ?? new Set();
      rights.forEach((right) => known.add(right));
      tables.set(unquoted(table), known);
    } else if (patternOf(unquoted(on)).test(database)) {
      // MySQL takes single databases out of what is granted for all.
      if (verb === "REVOKE") revoked.push(...rights);
      else rights.forEach((right) => whole.add(right));
    }
  }
  for (const right of server) if (!revoked.includes(right) && !revoked.includes(all)) whole.add(right);
  return { server, database: whole, tables };
}

const all = "ALL PRIVILEGES";

export const holds = (rights: ReadonlySet<string> | undefined, right: string): boolean =>
  rights !== undefined && (rights.has(right) || rights.has(all));

const privilegesOf = (text: string): readonly string[] =>
  [...text.matchAll(/([A-Z][A-Z_ ]*[A-Z])(\s*\([^)]*\))?/g)].flatMap(([, right = "", columns]) =>
    columns !== undefined || right === "USAGE" ? [] : [right === "ALL" ? all : right],
  );

const unquoted = (name: string): string => name.slice(1, -1).replaceAll("``", "`");
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** In the name of a database, % and _ stand for others, unless a backslash goes before. */
function patternOf(name: string): RegExp {
  const text = name.replace(/\\([%_\\])|([%_])|([^\w])/g, (_, escaped: string | undefined, wild, other) => {
    if (escaped !== undefined) return escaped === "\\" ? "\\\\" : escaped;
    if (wild !== undefined) return wild === "%" ? ".*" : ".";
    return `\\${String(other)}`;
  });
  return new RegExp(`^${text}$`, "i");
}
