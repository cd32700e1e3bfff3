import type { OpenDriver } from "../../../../operations/data/engines/sqlserver/driver";
import {
  readIdentityCache,
  switchOffIdentityCache,
} from "../../../../operations/data/engines/sqlserver/identity-cache";
import { outside } from "../../../../operations/fault";
import { recorder } from "./recorder";

const url = "sqlserver://shop:p%40ss@shop.database.windows.net:1433/shop?encrypt=true";

/** A driver at whose other end a database's setting is kept: 1 on, 0 off, undefined a server that has none. */
function server(setting: number | undefined, obeys = true) {
  const statements: string[] = [];
  let value = setting;
  let open = 0;
  const connect: OpenDriver = async (...of) => {
    const recording = recorder([
      [
        /^ALTER/,
        () => {
          if (obeys) value = 0;
          return [];
        },
      ],
      [/IDENTITY_CACHE/, () => (value === undefined ? [] : [[String(value)]])],
    ]);
    const driver = await recording.open(...of);
    open++;
    return {
      ...driver,
      batch: (sql, milliseconds) => {
        statements.push(sql);
        return driver.batch(sql, milliseconds);
      },
      close: () => {
        open--;
        return driver.close();
      },
    };
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

test("a URL that leads elsewhere is named", async () => {
  const { connect } = server(1);
  await expect(readIdentityCache("postgres://a@b/c", 1, connect)).rejects.toThrow(
    "the standby's database: not a SQL Server; use sqlserver://user:password@host:1433/database",
  );
  await expect(readIdentityCache("shop", 1, connect)).rejects.toThrow("the standby's database: ");
});

test("the real driver, where nothing listens: a fault with the host and without the password", async () => {
  await expect(
    readIdentityCache("sqlserver://shop:secret-word@127.0.0.1:9/shop", 2000),
  ).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      /^shop@127\.0\.0\.1:9\/shop: nothing listens there(?!.*secret-word).*safe to run again$/,
    ) as string,
  });
});
