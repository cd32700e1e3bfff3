import { Fault } from "../../../operations/fault";
import { jobSettings } from "../../../operations/job/settings";

test("everything has a default, an empty variable is one that is not set", () => {
  const defaults = {
    port: 8080,
    host: "0.0.0.0",
    orders: "public.orders",
    schedules: { sync: "17 2 * * *", check: "7 * * * *", renew: "37 3 * * *" },
  };
  expect(jobSettings({})).toEqual(defaults);
  expect(jobSettings({ PORT: "", SYNC_SCHEDULE: "" })).toEqual(defaults);
  expect(
    jobSettings({
      PORT: "3000",
      HOST: "127.0.0.1",
      ORDERS_TABLE: "dbo.Orders",
      CHECK_SCHEDULE: "*/5 * * * * *",
    }),
  ).toEqual({
    port: 3000,
    host: "127.0.0.1",
    orders: "dbo.Orders",
    schedules: { ...defaults.schedules, check: "*/5 * * * * *" },
  });
});

test.each([
  [{ PORT: "web" }, 'PORT is "web"; allowed: a port number. Fix: leave it to App Service'],
  [
    { SYNC_SCHEDULE: "61 2 * * *" },
    'SYNC_SCHEDULE is "61 2 * * *"; allowed: a cron text of five parts, or of six with seconds first, such as ' +
      "\"7 * * * *\". Fix: pulumi config set --path 'schedules.sync' TEXT",
  ],
])("%o is refused", (env, message) => {
  const fault: unknown = (() => {
    try {
      return jobSettings(env);
    } catch (error) {
      return error;
    }
  })();
  expect(fault).toBeInstanceOf(Fault);
  expect(fault).toMatchObject({ exitCode: 2, message });
});
