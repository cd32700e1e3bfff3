/** The two databases of a case, and how visitors reach them: in as few round trips as can be. */
import { isMysql } from "../../../support/mariadb";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import { z } from "zod";
import { emptied, self } from "../own-tables";
import type { Contents } from "./oracle";
import type { Engine, Shape } from "./shape";

export interface Site {
  readonly url: string;
  /** Empties the database, the tool's own records too, and makes the tables. */
  begin(definition: string): Promise<void>;
  /** Runs statements one by one; what a constraint forbids is left out. Answers with all there is then. */
  act(shapes: readonly Shape[], statements: readonly string[]): Promise<Contents>;
  end(): Promise<void>;
}

const most = 4;
const names = Array.from({ length: most }, (_, at) => `t${at}`);
const document = z.record(z.string(), z.union([z.string(), z.number()]).nullable());

function contentsOf(
  shapes: readonly Shape[],
  rows: readonly (readonly [table: string, row: unknown])[],
): Contents {
  const found = new Map<string, Readonly<Record<string, string | null>>>();
  for (const [table, row] of rows) {
    const texts = Object.entries(document.parse(typeof row === "string" ? JSON.parse(row) : row)).map(
      ([column, value]) => [column, value === null ? null : String(value)] as const,
    );
    texts.sort(([one], [other]) => (one < other ? -1 : 1));
    const values = Object.fromEntries(texts);
    const key = shapes.find((shape) => shape.name === table)?.key ?? [];
    found.set(`${table} ${key.map((column) => values[column] ?? "").join()}`, values);
  }
  return found;
}

export async function postgresSite(url: string): Promise<Site> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const own = ["gaps", "identities", "policy", "base", "base_tables", "ledger", "runs", "followed", "pairs"];
  return {
    url,
    begin: async (definition) => {
      // Emptied instead of dropped, which takes a tenth of the time.
      const forget = `DO $$ DECLARE one text; BEGIN
        IF to_regclass('warm_standby.pairs') IS NOT NULL THEN
          FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'warm_standby' AND tablename ~ '^base_[0-9]' LOOP
            EXECUTE 'DROP TABLE warm_standby.' || one;
          END LOOP;
          ${own.map((table) => `DELETE FROM warm_standby.${table};`).join(" ")}
        END IF;
      END $$;`;
      await client.query(`${forget} DROP TABLE IF EXISTS ${names.join(", ")} CASCADE; ${definition}`);
    },
    act: async (shapes, statements) => {
      const blocks = statements.map(
        (one) => `BEGIN ${one}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END;`,
      );
      if (blocks.length > 0) await client.query(`DO $$ BEGIN ${blocks.join("\n")} END $$`);
      const select = shapes.map(({ name }) => `SELECT '${name}', to_json(x) FROM ${name} x`);
      const { rows } = await client.query<[string, unknown]>({
        text: select.join(" UNION ALL "),
        rowMode: "array",
      });
      return contentsOf(shapes, rows);
    },
    end: () => client.end(),
  };
}

/** MySQL itself has no blocks without a name. */
const inOneGo = (body: string): string =>
  isMysql
    ? `DROP PROCEDURE IF EXISTS acts; CREATE PROCEDURE acts() BEGIN ${body} END; CALL acts()`
    : `BEGIN NOT ATOMIC ${body} END`;

export async function mariadbSite(url: string): Promise<Site> {
  const client = await createConnection({ uri: url.replace(/\?.*/, ""), multipleStatements: true });
  let known = false;
  return {
    url,
    begin: async (definition) => {
      if (!known) {
        const [tables] = await client.query(`SHOW TABLES LIKE '${self}'`);
        known = Array.isArray(tables) && tables.length > 0;
      }
      const forget = known ? emptied : "";
      await client.query(
        `${forget} SET foreign_key_checks = 0; DROP TABLE IF EXISTS ${names.join(", ")}; SET foreign_key_checks = 1; ${definition}`,
      );
    },
    act: async (shapes, statements) => {
      if (statements.length > 0)
        await client.query(
          inOneGo(
            `DECLARE CONTINUE HANDLER FOR SQLSTATE '23000' BEGIN END; START TRANSACTION;
             ${statements.join(";\n")}; COMMIT;`,
          ),
        );
      const select = shapes.map(({ name, key, unique, links }) => {
        const own = links.filter((one) => !one.identifying).flatMap((one) => one.columns);
        const columns = [...key, "v", ...unique, ...own];
        return `SELECT '${name}', JSON_OBJECT(${columns.map((column) => `'${column}', ${column}`).join()}) FROM ${name}`;
      });
      const [rows] = await client.query({ sql: select.join(" UNION ALL "), rowsAsArray: true });
      return contentsOf(shapes, z.array(z.tuple([z.string(), z.unknown()])).parse(rows));
    },
    end: () => client.end(),
  };
}

export const openSite: Readonly<Record<Engine, (url: string) => Promise<Site>>> = {
  postgres: postgresSite,
  mysql: mariadbSite,
};
