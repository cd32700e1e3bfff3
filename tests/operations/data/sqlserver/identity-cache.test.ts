import { sqlConfig, type OpenSql } from "../../../../operations/data/engines/sqlserver/client";
import {
  readIdentityCache,
  switchOffIdentityCache,
} from "../../../../operations/data/engines/sqlserver/identity-cache";
import { outside } from "../../../../operations/fault";

const url = "sqlserver://shop:p%40ss@shop.database.windows.net:1433/shop?encrypt=true";

/** A driver at whose other end a database's setting is kept: 1 on, 0 off, undefined a server that has none. */
function server(setting: number | undefined, obeys = true) {
  const statements: string[] = [];
  let value = setting;
  let open = 0;
  const connect: OpenSql = () => {
    open++;
    return Promise.resolve({
      rows: (sql) => {
        statements.push(sql);
        if (!sql.startsWith("ALTER")) return Promise.resolve(value === undefined ? [] : [{ value }]);
        if (obeys) value = 0;
        return Promise.resolve([]);
      },
      close: () => {
        open--;
        return Promise.resolve();
      },
    });
  };
  return { connect, altered: () => statements.filter((sql) => sql.startsWith("ALTER")), open: () => open };
}

test.each([
  [1, "on"],
  [0, "off"],
  [undefined, "unsupported"],
] as const)("a setting of %s reads as %s, and nothing is changed", async (setting, wanted) => {
  const { connect, altered, open } = server(setting);
  expect(await readIdentityCache(url, 1000, connect)).toBe(wanted);
  expect(altered()).toEqual([]);
  expect(open()).toBe(0);
});

test("it is switched off where it is on, once", async () => {
  const { connect, altered, open } = server(1);
  expect(await switchOffIdentityCache(url, 1000, connect)).toBe("off");
  expect(await switchOffIdentityCache(url, 1000, connect)).toBe("off");
  expect(altered()).toEqual(["ALTER DATABASE SCOPED CONFIGURATION SET IDENTITY_CACHE = OFF"]);
  expect(open()).toBe(0);
});

test("a server before 2017 is left as it is", async () => {
  const { connect, altered } = server(undefined);
  expect(await switchOffIdentityCache(url, 1000, connect)).toBe("unsupported");
  expect(altered()).toEqual([]);
});

test("one that stays on is a fault, and the connection is closed all the same", async () => {
  const { connect, open } = server(1, false);
  await expect(switchOffIdentityCache(url, 1000, connect)).rejects.toThrow(
    outside(
      "the identity cache was switched off and reads back as on; is somebody else setting it? safe to run again",
    ),
  );
  expect(open()).toBe(0);
});

test("a URL as the driver wants it: TLS verified unless it says otherwise", () => {
  expect(sqlConfig(url, 1000)).toEqual({
    server: "shop.database.windows.net",
    port: 1433,
    user: "shop",
    password: "p@ss",
    database: "shop",
    connectionTimeout: 1000,
    requestTimeout: 1000,
    pool: { min: 0, max: 1 },
    options: { encrypt: true, trustServerCertificate: false },
  });
  expect(sqlConfig("sqlserver://u:p@h/d?encrypt=false", 1).options.encrypt).toBe(false);
  expect(() => sqlConfig("shop", 1)).toThrow(
    "the standby's database: not a URL; use sqlserver://user:password@host:1433/database",
  );
});

test("the real driver, where nothing listens: a fault with the host and without the password", async () => {
  await expect(
    readIdentityCache("sqlserver://shop:secret-word@127.0.0.1:9/shop", 2000),
  ).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      /^127\.0\.0\.1: Failed to connect to 127\.0\.0\.1:9(?!.*secret-word).*safe to run again$/,
    ) as string,
  });
});
