import { IdentityOffsets } from "../../../components/dynamic/identity-offsets";
import { apply, check, provider, type Deeds } from "../../../components/dynamic/identity-offsets-provider";
import type { Looks } from "../../../components/dynamic/identity-outlook";
import { providerText } from "../../../components/dynamic/operation-resource";
import type { IdentityOutlook } from "../../../operations/data/offsets";
import { outside, refusal, usage } from "../../../operations/fault";
import { declared, runMocked, secret } from "../mocked";

const policy = { rowsPerHour: 1500, tailHours: 24, syncAgeHours: 26, safety: 2 };
const databaseUrl = "postgres://shop:word@db.example:5432/shop?sslmode=verify-full";
const sqlUrl = "sqlserver://shop:word@db.example:1433/shop?encrypt=true";
const mysqlUrl = "mysql://shop:word@db.example:3306/shop?ssl-mode=VERIFY_IDENTITY";
const inputs = { databaseUrl, ...policy };
const unknownUrl = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test("declared with the policy, and the URL as a secret", async () => {
  const { registered } = await runMocked("standby", () => {
    new IdentityOffsets("offsets", inputs, {});
  });
  expect(declared(registered)).toEqual({
    "pulumi-nodejs:dynamic/standby:IdentityOffsets offsets": {
      ...policy,
      databaseUrl: secret(databaseUrl),
      __provider: providerText("components/dynamic/identity-offsets-provider"),
    },
  });
});

describe("applied", () => {
  const called = (): never => {
    throw new Error("called");
  };
  const with_ = (more: Partial<Deeds>): Deeds => ({ raise: called, switchOff: called, ...more });

  test("the policy goes to the database, the URL not into it", async () => {
    const calls: unknown[] = [];
    const raise: Deeds["raise"] = (...call) => Promise.resolve(calls.push(call));
    expect(await apply(inputs, with_({ raise }))).toEqual({ status: "recorded" });
    expect(calls).toEqual([[databaseUrl, policy]]);
  });

  test("a private database out of reach is no failure", async () => {
    const raise = () => Promise.reject(outside("no route"));
    expect(await apply(inputs, with_({ raise }))).toEqual({ status: "unreached" });
  });

  test("an identity without room is one", async () => {
    const raise = () => Promise.reject(refusal("orders.id has no room"));
    await expect(apply(inputs, with_({ raise }))).rejects.toThrow("orders.id has no room");
  });

  test.each(["off", "unsupported"] as const)(
    "SQL Server's identity cache is switched off, or cannot be: %s",
    async (identityCache) => {
      const urls: string[] = [];
      const switchOff: Deeds["switchOff"] = (url) => {
        urls.push(url);
        return Promise.resolve(identityCache);
      };
      const raise: Deeds["raise"] = (url) => Promise.resolve(urls.push(url));
      const given = { ...inputs, databaseUrl: sqlUrl };
      expect(await apply(given, with_({ switchOff, raise }))).toEqual({ status: "recorded", identityCache });
      expect(urls).toEqual([sqlUrl, sqlUrl]);
    },
  );

  test("a SQL Server out of reach is no failure either", async () => {
    const switchOff = () => Promise.reject(outside("no route"));
    expect(await apply({ ...inputs, databaseUrl: sqlUrl }, with_({ switchOff }))).toEqual({
      status: "unreached",
      identityCache: "unreached",
    });
  });

  test("MySQL is told as PostgreSQL is", async () => {
    const urls: string[] = [];
    const raise: Deeds["raise"] = (url) => Promise.resolve(urls.push(url));
    const given = { ...inputs, databaseUrl: mysqlUrl };
    expect(await apply(given, with_({ raise }))).toEqual({ status: "recorded" });
    expect(urls).toEqual([mysqlUrl]);
  });
});

describe("looked at while a change is planned", () => {
  const nothing: IdentityOutlook = {
    recorded: true,
    base: true,
    offsets: new Map(),
    moves: [],
    unsynced: [],
    full: [],
  };
  const offsets = new Map([
    ["public.orders.id", 150_032n],
    ["public.users.id", 150_032n],
  ]);
  const covered = { "public.orders.id": "150032", "public.users.id": "150032" };

  async function look(looks: Partial<Looks>, olds: object = {}, news: object = inputs) {
    const said: string[] = [];
    const all: Looks = {
      foresee: () => Promise.reject(new Error("foreseen")),
      readCache: () => Promise.reject(new Error("read")),
      say: (line) => said.push(line),
      ...looks,
    };
    const result = await check(olds, news, all);
    const found: unknown = result.inputs;
    return { found, failures: result.failures, said };
  }
  const foreseen = (outlook: Partial<IdentityOutlook>): Partial<Looks> => ({
    foresee: () => Promise.resolve({ ...nothing, ...outlook }),
  });

  test("it is asked by its URL and the policy, and not for long", async () => {
    const asked: unknown[] = [];
    const foresee: Looks["foresee"] = (...call) => {
      asked.push(call);
      return Promise.resolve(nothing);
    };
    await look({ foresee });
    expect(asked).toEqual([[databaseUrl, policy, 3000]]);
  });

  test("an empty one has nothing to cover yet, and a policy to take", async () => {
    expect(await look(foreseen({ recorded: false, base: false }))).toEqual({
      found: { ...inputs, covered: {}, pending: { policy: "is recorded" } },
      failures: [],
      said: ["identity offsets: the database holds no tables yet; the first sync sets them"],
    });
  });

  test("tables before the first sync are covered, and wait for it", async () => {
    expect(await look(foreseen({ base: false, offsets }))).toEqual({
      found: { ...inputs, covered },
      failures: [],
      said: ["identity offsets: 2 identities wait for the first sync, which sets them"],
    });
  });

  test("what would move is part of the diff, with its figures", async () => {
    const moves = [{ identity: "public.orders.id", stands: 1204n, seed: 4404n }];
    expect(await look(foreseen({ offsets, moves }))).toEqual({
      found: { ...inputs, covered, pending: { "public.orders.id": "1,204 -> 4,404 (+3,200)" } },
      failures: [],
      said: [],
    });
  });

  test("a table that came since the last sync, and one without room, are told of", async () => {
    const full = ["public.users.id: 40000 is beyond 32767"];
    const { said } = await look(foreseen({ offsets, unsynced: ["public.gifts.id"], full }));
    expect(said).toEqual([
      "identity offsets: public.gifts.id came since the last sync; the next one sets them",
      "identity offsets: no room: public.users.id: 40000 is beyond 32767",
    ]);
  });

  test("one that cannot be reached keeps what was covered, and says so", async () => {
    const foresee = () => Promise.reject(outside("shop@db.example:5432/shop: no answer"));
    expect(await look({ foresee }, { ...inputs, covered, pending: { policy: "is recorded" } })).toEqual({
      found: { ...inputs, covered },
      failures: [],
      said: [
        "identity offsets: the database cannot be reached from here, so what would move is not shown; sync and " +
          "cutover set it (shop@db.example:5432/shop: no answer)",
      ],
    });
    expect((await look({ foresee })).found).toEqual(inputs);
  });

  test("one that is still to be made is not asked", async () => {
    expect(await look({}, {}, { ...inputs, databaseUrl: unknownUrl })).toEqual({
      found: { ...inputs, databaseUrl: unknownUrl },
      failures: [],
      said: [
        "identity offsets: where the database will be is not known yet, so what would move is not shown",
      ],
    });
  });

  test("a fault that is not one of reach is not hidden", async () => {
    const foresee = () => Promise.reject(usage("the offset policy is not valid"));
    await expect(look({ foresee })).rejects.toThrow("the offset policy is not valid");
  });

  test.each([
    ["on", { pending: { "identity cache": "on -> off" } }],
    ["off", {}],
    ["unsupported", {}],
  ] as const)("SQL Server's identity cache %s", async (state, more) => {
    const given = { ...inputs, databaseUrl: sqlUrl };
    const asked = {
      ...foreseen({ offsets: new Map([["dbo.orders.id", 150_000n]]) }),
      readCache: () => Promise.resolve(state),
    };
    expect(await look(asked, {}, given)).toEqual({
      found: { ...given, covered: { "dbo.orders.id": "150000" }, ...more },
      failures: [],
      said: [],
    });
  });

  test("MySQL is asked as PostgreSQL is", async () => {
    const given = { ...inputs, databaseUrl: mysqlUrl };
    expect(await look(foreseen({ offsets: new Map([["orders.id", 150_032n]]) }), {}, given)).toEqual({
      found: { ...given, covered: { "orders.id": "150032" } },
      failures: [],
      said: [],
    });
  });

  test("wrong inputs are refused before anything is asked", async () => {
    const { failures } = await look({}, {}, { ...inputs, safety: "much" });
    expect(failures).toEqual([
      { property: "safety", reason: "Invalid input: expected number, received string" },
    ]);
  });
});

describe("a change", () => {
  const covered = { "public.orders.id": "150032" };
  const state = { ...inputs, covered, status: "recorded" };
  const changes = async (news: object) => (await provider.diff?.("identity-offsets", state, news))?.changes;

  test.each<[string, object, boolean]>([
    ["nothing", { ...inputs, covered }, false],
    ["the policy", { ...inputs, covered, safety: 3 }, true],
    ["the database", { ...inputs, covered, databaseUrl: "postgres://other" }, true],
    ["a URL that is not known yet", { ...inputs, covered, databaseUrl: unknownUrl }, false],
    ["a table added", { ...inputs, covered: { ...covered, "public.gifts.id": "150032" } }, true],
    ["a table gone", { ...inputs, covered: {} }, true],
    ["another offset", { ...inputs, covered: { "public.orders.id": "300032" } }, true],
    ["something to be done", { ...inputs, covered, pending: { policy: "is recorded" } }, true],
    ["no look", inputs, false],
  ])("%s", async (_title, news, wanted) => {
    expect(await changes(news)).toBe(wanted);
  });
});
