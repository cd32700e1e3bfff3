import type { ConfigValue } from "../engine/settings";

/** One way to configure the standby. */
export interface Configuration {
  readonly name: string;
  /** What it sets beside the story's own config. */
  readonly standby: Readonly<Record<string, ConfigValue>>;
}

/** Every configuration that has to stand. */
export const configurations: readonly Configuration[] = (["postgres", "sqlserver"] as const).map(
  (databaseEngine) => ({
    name: databaseEngine,
    standby: { databaseEngine },
  }),
);
