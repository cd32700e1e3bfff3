import type * as pulumi from "@pulumi/pulumi";

/** App settings as App Service takes them: sorted, so that the order in which they are wired is no change. */
export function appSettings(settings: Readonly<Record<string, pulumi.Input<string>>>) {
  return Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ name: key, value }));
}
