import { Cron } from "croner";
import { z } from "zod";
import { schedules, type Task } from "../../settings/schedules";
import { usage } from "../fault";

export interface JobSettings {
  /** Where its health is asked for; 0 takes any free port. */
  readonly port: number;
  /** The address it listens on: every one of its machine's, as App Service wants it, unless HOST says otherwise. */
  readonly host: string;
  /** Cron texts, in UTC. */
  readonly schedules: Readonly<Record<Task, string>>;
  /** The table of orders, with its schema. */
  readonly orders: string;
}

/** The variable of a task's cron text. */
export const scheduleVariable = (task: Task): string => `${task.toUpperCase()}_SCHEDULE`;

const port = z.string().regex(/^\d{1,5}$/);

/**
 * Reads them from the environment: `PORT` (default 8080), `SYNC_SCHEDULE`, `CHECK_SCHEDULE`, `RENEW_SCHEDULE` (default
 * as the stack has them), `ORDERS_TABLE` (default public.orders).
 *
 * @throws Fault (2) naming the variable
 */
export function jobSettings(env: NodeJS.ProcessEnv = process.env): JobSettings {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const schedule = (task: Task): string =>
    checkedSchedule(scheduleVariable(task), given(scheduleVariable(task)) ?? schedules[task]);
  const asked = given("PORT") ?? "8080";
  if (!port.safeParse(asked).success)
    throw usage(`PORT is ${JSON.stringify(asked)}; allowed: a port number. Fix: leave it to App Service`);
  return {
    port: Number(asked),
    host: given("HOST") ?? "0.0.0.0",
    orders: given("ORDERS_TABLE") ?? "public.orders",
    schedules: { sync: schedule("sync"), check: schedule("check"), renew: schedule("renew") },
  };
}

function checkedSchedule(variable: string, text: string): string {
  try {
    new Cron(text, { paused: true });
    return text;
  } catch (cause) {
    throw usage(
      `${variable} is ${JSON.stringify(text)}; allowed: a cron text of five parts, or of six with seconds first, such ` +
        `as "${schedules.check}". Fix: pulumi config set --path 'schedules.${variable.split("_")[0]?.toLowerCase() ?? ""}' TEXT`,
      { cause },
    );
  }
}
