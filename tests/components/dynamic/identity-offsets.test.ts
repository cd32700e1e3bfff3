import { IdentityOffsets } from "../../../components/dynamic/identity-offsets";
import { apply, provider } from "../../../components/dynamic/identity-offsets-provider";
import { outside, refusal } from "../../../operations/fault";
import { declared, runMocked, secret } from "../mocked";

const policy = { rowsPerHour: 1500, tailHours: 24, syncAgeHours: 26, safety: 2 };
const databaseUrl = "postgres://shop:word@db.example:5432/shop?sslmode=verify-full";
const inputs = { databaseUrl, ...policy };

test("declared with the policy, and the URL as a secret", async () => {
  const { registered } = await runMocked("standby", () => {
    new IdentityOffsets("offsets", inputs, {});
  });
  expect(declared(registered)).toEqual({
    "pulumi-nodejs:dynamic/standby:IdentityOffsets offsets": {
      ...policy,
      databaseUrl: secret(databaseUrl),
      __provider:
        'exports.handler = () => { const { resolve } = require("path"); require(resolve("bin/program.cjs")); return require(resolve("components/dynamic/identity-offsets-provider")).provider; };',
    },
  });
});

test("the policy goes to the database, the URL not into it", async () => {
  const calls: unknown[] = [];
  const status = await apply(inputs, (...call) => Promise.resolve(calls.push(call)));
  expect(status).toBe("recorded");
  expect(calls).toEqual([[databaseUrl, policy]]);
});

test("a private database out of reach is no failure", async () => {
  expect(await apply(inputs, () => Promise.reject(outside("no route")))).toBe("unreached");
});

test("an identity without room is one", async () => {
  await expect(apply(inputs, () => Promise.reject(refusal("orders.id has no room")))).rejects.toThrow(
    "orders.id has no room",
  );
});

test("an engine that operations do not know is left to whoever knows it", async () => {
  const given = { ...inputs, databaseUrl: "sqlserver://shop:word@db.example:1433/shop" };
  expect(await apply(given, () => Promise.reject(new Error("called")))).toBe("unsupported");
});

const diff = (changes: Partial<typeof inputs>) =>
  provider.diff?.("identity-offsets", { ...inputs, status: "recorded" }, { ...inputs, ...changes });

test("only a change of the policy or the database shows as one", async () => {
  expect(await diff({})).toEqual({ changes: false });
  expect(await diff({ safety: 3 })).toEqual({ changes: true });
  expect(await diff({ databaseUrl: "postgres://shop:other@db.example:5432/shop" })).toEqual({
    changes: true,
  });
});

test("a URL that is not known yet while previewing is no change", async () => {
  expect(await diff({ databaseUrl: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" })).toEqual({ changes: false });
});
