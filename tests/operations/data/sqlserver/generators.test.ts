import type { Generator } from "../../../../operations/data/model";
import { recorded, type Answer } from "./recorder";

const identity = (more: Partial<Generator> = {}): Generator => ({
  name: "dbo.orders",
  increment: 1n,
  max: 2_147_483_647n,
  cache: 1n,
  burnt: 1000n,
  cycles: false,
  uses: [{ table: "dbo.orders", column: "id", kind: "identity", typeMax: 2_147_483_647n }],
  ...more,
});
const sequence: Generator = {
  ...identity({ name: "dbo.numbers", increment: 5n }),
  uses: [{ table: "dbo.orders", column: "number", kind: "sequence", typeMax: undefined }],
};

/** A table's counter as SQL Server keeps it: the last value, none before the first row, and what DBCC CHECKIDENT makes of it. */
function counter(state: { last: bigint | undefined; next: bigint; rows: boolean }) {
  const answers: readonly (readonly [RegExp, Answer])[] = [
    [/c\.last_value/, () => [[state.last?.toString() ?? null, String(state.last ?? state.next)]]],
    [/TABLOCKX/, () => (state.rows ? [["1"]] : [])],
    [
      /DBCC CHECKIDENT/,
      (sql) => {
        const value = BigInt(/RESEED, (-?\d+)/.exec(sql)?.[1] ?? 0);
        if (state.last === undefined) state.next = value;
        else state.last = value;
        return [];
      },
    ],
  ];
  return recorded(answers);
}
const reseeds = (statements: readonly string[]): readonly string[] =>
  statements.filter((sql) => sql.startsWith("DBCC"));

test("a table with rows goes on behind the value that is set", async () => {
  const { database, statements } = await counter({ last: 41n, next: 0n, rows: true });
  expect(await database.generators.last(identity())).toBe(41n);
  expect(await database.generators.raise(identity(), 5000n)).toBe(5000n);
  expect(reseeds(statements)).toEqual(["DBCC CHECKIDENT (N'[dbo].[orders]', RESEED, 5000) WITH NO_INFOMSGS"]);
  // Kept from others between the look and the change.
  expect(statements.filter((sql) => /^(?:BEGIN|COMMIT)|TABLOCKX/.test(sql))).toEqual([
    "BEGIN TRANSACTION",
    "SELECT TOP (1) '1' FROM [dbo].[orders] WITH (TABLOCKX, HOLDLOCK)",
    "COMMIT TRANSACTION",
  ]);
});

test("a table that never had a row begins with the value that is set", async () => {
  const { database, statements } = await counter({ last: undefined, next: 1n, rows: false });
  expect(await database.generators.last(identity())).toBe(0n);
  expect(await database.generators.raise(identity(), 5000n)).toBe(5000n);
  expect(reseeds(statements)).toEqual(["DBCC CHECKIDENT (N'[dbo].[orders]', RESEED, 5001) WITH NO_INFOMSGS"]);
});

test("a table whose rows were all deleted may go a step further, and never less far", async () => {
  const { database } = await counter({ last: 41n, next: 0n, rows: false });
  expect(await database.generators.raise(identity({ increment: 10n }), 5000n)).toBe(5010n);
});

test("it is never lowered, and not at all touched where it is high enough", async () => {
  const { database, statements } = await counter({ last: 6000n, next: 0n, rows: true });
  expect(await database.generators.raise(identity(), 5000n)).toBe(6000n);
  expect(reseeds(statements)).toEqual([]);
  expect(statements).not.toContain("BEGIN TRANSACTION");
});

test("at the end of its type there is no step further", async () => {
  const { database, statements } = await counter({ last: undefined, next: 1n, rows: false });
  await database.generators.raise(identity({ max: 255n }), 255n);
  expect(reseeds(statements)[0]).toContain("RESEED, 255)");
});

test("a change that fails leaves no transaction open", async () => {
  const { database, statements } = await recorded([
    [/c\.last_value/, [["1", "1"]]],
    [/DBCC/, Object.assign(new Error("User does not have permission"), { number: 2557 })],
  ]);
  await expect(database.generators.raise(identity(), 5000n)).rejects.toThrow("permission");
  expect(statements.at(-1)).toBe("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION");
});

test("ids of an IDENTITY are drawn above what visitors take meanwhile, and above the other side's", async () => {
  const { database } = await counter({ last: 41n, next: 0n, rows: true });
  expect(await database.generators.draw(identity(), 2, 0n)).toEqual([1042n, 1043n]);
  expect(await database.generators.draw(identity(), 2, 5000n)).toEqual([5001n, 5002n]);
  expect(database.generators.liftedByInserts(identity())).toBe(true);
  expect(database.generators.liftedByInserts(sequence)).toBe(false);
});

test("a sequence is raised by taking its values, which no rollback gives back", async () => {
  let last = 100n;
  const { database, statements } = await recorded([
    [/q\.current_value/, () => [[String(last)]]],
    [
      /sp_sequence_get_range/,
      (sql) => {
        const first = last + 5n;
        last += 5n * BigInt(/@range_size = (\d+)/.exec(sql)?.[1] ?? 0);
        return [[String(first)]];
      },
    ],
  ]);
  expect(await database.generators.raise(sequence, 122n)).toBe(125n);
  expect(await database.generators.draw(sequence, 3, 0n)).toEqual([130n, 135n, 140n]);
  expect(statements.find((sql) => sql.includes("get_range"))).toBe(
    `DECLARE @first sql_variant;
EXEC sys.sp_sequence_get_range @sequence_name = N'[dbo].[numbers]', @range_size = 5, @range_first_value = @first OUTPUT;
SELECT CONVERT(varchar(50), CONVERT(decimal(38, 0), @first))`,
  );
});

test.each([
  ["a sequence that nobody drew from stands a step below its start", "14.0.1000.169", null, 95n],
  ["one that was drawn from stands where it was left", "14.0.1000.169", "130", 130n],
  ["on Azure too, whatever its version says", "azure", null, 95n],
  ["SQL Server 2016 does not tell the two apart", "13.0.5026.0", "100", 100n],
])("%s", async (_, version, last, wanted) => {
  const azure = version === "azure";
  const { database, statements } = await recorded([
    [/ProductVersion/, [[azure ? "12.0.2000.8" : version, azure ? "5" : "3", null]]],
    [/sys\.sequences/, [[last, "100"]]],
  ]);
  expect(await database.generators.last(sequence)).toBe(wanted);
  expect(statements[0]).toContain(version.startsWith("13") ? "q.current_value" : "q.last_used_value");
});
