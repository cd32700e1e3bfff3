/**
 * When the standby's job works, as cron texts in UTC: sync at night, while the primary has least to do; check hourly;
 * renewal daily. Not on the full hour, when everyone else's jobs run.
 */
export const schedules = { sync: "17 2 * * *", check: "7 * * * *", renew: "37 3 * * *" } as const;

/** What the job runs, each at its own times. */
export type Task = keyof typeof schedules;
