/** Writing rows with ids of their own into tables whose ids the server hands out. */
import type { Table } from "../../model";
import { infoOf, type ColumnInfo } from "./columns";
import { relationOf } from "./keys";
import type { Session } from "./session";
import { literal } from "./sql";

/** The identity column of a table, of which there is one at most. */
export function identityOf(infos: ReadonlyMap<string, ColumnInfo>): ColumnInfo | undefined {
  for (const info of infos.values()) if (info.identity) return infoOf(infos, info.name);
  return undefined;
}

/** The last id as the server counts, or of a table that never had a row, the next one. */
export const currentIdentity = (relation: string): string => `IDENT_CURRENT(${literal(relation)})`;

/** Makes `value` the last id of a table that has had rows, and the next one of a table that never had one. */
export const reseed = (relation: string, value: bigint | string): string =>
  `DBCC CHECKIDENT (${literal(relation)}, RESEED, ${value}) WITH NO_INFOMSGS`;

/** One table at a time in a session takes ids from outside. */
export class IdentityInsert {
  private open: string | undefined;

  constructor(private readonly session: Session) {}

  /**
   * For the time of an action. Writing an id lifts the counter over it; should it ever have taken the counter down, as
   * when the first row of a table comes with an id of its own below a seed that was raised before, it is put back.
   */
  async for<T>(table: Table, action: () => Promise<T>): Promise<T> {
    if (identityOf(await this.session.columns(table)) === undefined) return action();
    const relation = relationOf(table);
    const before = await this.current(relation);
    await this.switchOn(relation);
    let result: T;
    try {
      result = await action();
    } catch (error) {
      // Unless the transaction is gone as well, somebody may try again.
      await this.restore(relation, before).catch(() => undefined);
      throw error;
    }
    await this.restore(relation, before);
    return result;
  }

  private async restore(relation: string, before: bigint | undefined): Promise<void> {
    await this.close();
    if (before !== undefined && ((await this.current(relation)) ?? before) < before)
      await this.session.exec(reseed(relation, before));
  }

  private async current(relation: string): Promise<bigint | undefined> {
    const [row] = await this.session.rows(`SELECT CONVERT(varchar(50), ${currentIdentity(relation)})`);
    return typeof row?.[0] === "string" ? BigInt(row[0]) : undefined;
  }

  /** A statement that fails leaves it on: it is no part of a transaction. */
  private async switchOn(relation: string): Promise<void> {
    await this.close();
    await this.session.exec(`SET IDENTITY_INSERT ${relation} ON`);
    this.open = relation;
  }

  private async close(): Promise<void> {
    if (this.open === undefined) return;
    await this.session.exec(`SET IDENTITY_INSERT ${this.open} OFF`);
    this.open = undefined;
  }
}
