import { createDatabase } from "../../../components/database";
import { declared, runMocked } from "../mocked";
import { databaseArgs } from "./examples";

const lock = "azure-native:authorization:ManagementLockByScope database-lock";

test.each([
  ["postgres", "azure-native:dbforpostgresql"],
  ["sqlserver", "azure-native:sql"],
  ["mysql", "azure-native:dbformysql"],
] as const)("%s: what holds data is neither replaced nor deleted", async (engine, module) => {
  const { registered } = await runMocked("standby", () => createDatabase(engine, "database", databaseArgs));
  expect(registered.filter(({ protect }) => protect).map(({ type, name }) => `${type} ${name}`)).toEqual([
    `${module}:Server database`,
    `${module}:Database database-shop`,
  ]);
});

test.each(["postgres", "sqlserver", "mysql"] as const)("%s: locked unless told otherwise", async (engine) => {
  const keys = async (deletionLock: boolean) => {
    const { registered } = await runMocked("standby", () =>
      createDatabase(engine, "database", { ...databaseArgs, deletionLock }),
    );
    return Object.keys(declared(registered));
  };
  const [locked, open] = [await keys(true), await keys(false)];
  expect(locked.at(-1)).toBe(lock);
  expect(locked.filter((key) => key !== lock)).toEqual(open);
});
