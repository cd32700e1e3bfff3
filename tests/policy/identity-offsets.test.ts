import { identityOffsets } from "../../policy/identity-offsets";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const database: Declared = { type: types.postgresServer, name: "database" };
const forecast: Declared = {
  type: types.stack,
  name: "stack",
  outputs: { forecast: { ordersPerHour: 300 } },
};
const offsets = (over: object = {}): Declared => ({
  type: types.identityOffsets,
  name: "offsets",
  inputs: {
    databaseUrl: unknownText,
    rowsPerHour: 1500,
    tailHours: 24,
    syncAgeHours: 26,
    safety: 2,
    ...over,
  },
});

test("asks for none of a primary's database", () => {
  const of = (site: string): Declared => ({ ...database, inputs: { tags: { site } } });
  expect(judge(identityOffsets, [of("primary")])).toEqual(good);
  expect(judge(identityOffsets, [of("standby")]).wrong).toHaveLength(1);
});

test("takes offsets at or above the forecast, and a stack without a database", () => {
  expect(judge(identityOffsets, [forecast, database, offsets()])).toEqual(good);
  expect(judge(identityOffsets, [forecast, database, offsets({ rowsPerHour: 300, tailHours: 16 })])).toEqual(
    good,
  );
  expect(judge(identityOffsets, [database, offsets({ rowsPerHour: 1 })])).toEqual(good);
  expect(judge(identityOffsets, [forecast])).toEqual(good);
});

test.each([types.postgresServer, types.sqlServer])("refuses %s without any", (type) => {
  expect(judge(identityOffsets, [{ type, name: "database" }]).wrong).toEqual([
    [
      "database",
      "no IdentityOffsets for the standby's database; wanted: one, for every identity that is found there. Fix: " +
        "declare it beside the database.",
    ],
  ]);
});

test("refuses offsets that are too small", () => {
  const small = offsets({ rowsPerHour: 299, tailHours: 1, syncAgeHours: 0, safety: 0.5 });
  expect(judge(identityOffsets, [forecast, database, small]).wrong).toEqual([
    [
      "offsets",
      "rowsPerHour of offsets is 299; wanted: at least the forecast of 300 orders an hour, each of which adds rows. " +
        "Fix: leave rowsPerHour out, so that it follows the forecast, or raise it.",
    ],
    [
      "offsets",
      "tailHours of offsets is 1; wanted: at least 16 hours, the tail that was measured in the story. Fix: pulumi " +
        "config set tailHours 24.",
    ],
    [
      "offsets",
      "syncAgeHours of offsets is 0; wanted: the greatest age of a sync in hours, more than 0. Fix: pulumi config " +
        "set syncAgeHours 26.",
    ],
    ["offsets", "safety of offsets is 0.5; wanted: a factor of at least 1. Fix: pulumi config set safety 2."],
  ]);
});

test("leaves open what is not known", () => {
  expect(judge(identityOffsets, [forecast, database, offsets({ rowsPerHour: unknownText })])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: rowsPerHour of offsets",
  });
  const later = { ...forecast, outputs: { forecast: unknownText } };
  expect(judge(identityOffsets, [later, database, offsets({ rowsPerHour: 1 })])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: forecast.ordersPerHour of stack",
  });
});

const covering = (covered: unknown): Declared => ({ ...offsets(), outputs: { covered } });

test("what the engine may burn in a crash comes on top", () => {
  const of = (type: Declared["type"], ids: string, over: object = {}) =>
    judge(identityOffsets, [
      { type, name: "database" },
      { ...covering({ "public.users.id": ids }), outputs: { covered: { "public.users.id": ids }, ...over } },
    ]).wrong.map(([, message]) => message.split(". Fix")[0]);
  const refused = (ids: string, least: number, burnt: number) => [
    `public.users.id is offset by "${ids}" ids; wanted: at least ${String(least)}, for all rows of the tail and of the ` +
      `longest age of a sync, and the ${String(burnt)} that a crash may burn`,
  ];
  expect(of(types.postgresServer, "150031")).toEqual(refused("150031", 150032, 32));
  expect(of(types.postgresServer, "150032")).toEqual([]);
  expect(of(types.mysqlServer, "150000")).toEqual([]);
  expect(of(types.sqlServer, "150000", { identityCache: "off" })).toEqual([]);
  expect(of(types.sqlServer, "150999", { identityCache: "on" })).toEqual(refused("150999", 151000, 1000));
  expect(of(types.sqlServer, "many")).toHaveLength(1);
});

test("holds what each identity was found to need against the forecast, once the database was reached", () => {
  // 1,500 rows an hour for 26 + 24 hours, twice.
  expect(judge(identityOffsets, [database, covering({ "public.orders.id": "150033" })])).toEqual(good);
  expect(judge(identityOffsets, [database, covering({ "public.down.id": "-150033" })])).toEqual(good);
  expect(judge(identityOffsets, [database, covering(undefined)])).toEqual(good);
  expect(judge(identityOffsets, [database, covering({ "public.users.id": "1500" })]).wrong).toEqual([
    [
      "offsets",
      'public.users.id is offset by "1500" ids; wanted: at least 150032, for all rows of the tail and of the longest age ' +
        "of a sync, and the 32 that a crash may burn. Fix: pulumi up, with the standby's database in reach.",
    ],
  ]);
  expect(judge(identityOffsets, [database, covering(unknownText)]).open).toBe(
    "cannot be judged before it exists: covered of offsets",
  );
});

test("the tail is for the config to say", () => {
  expect(judge(identityOffsets, [database, offsets()], { tailHours: 48 }).wrong).toEqual([
    [
      "offsets",
      "tailHours of offsets is 24; wanted: at least 48 hours. Fix: pulumi config set tailHours 48.",
    ],
  ]);
});
