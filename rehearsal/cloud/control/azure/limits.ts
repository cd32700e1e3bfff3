import { z } from "zod";
import type { Cloud } from "../cloud";
import { conflict } from "../fault";
import { pick, type Declared } from "./rules";

/** What the subscription may use, and how much of it; tests and the drill may change it. */
export interface SubscriptionLimits {
  /** Resource providers that it is not registered with, in lower case. */
  readonly unregistered: Set<string>;
  /** Limits by name where they differ from {@link usualLimit}: a family's vCores, or a size of Azure SQL (0: withheld). */
  readonly quotas: Map<string, number>;
}

/** A limit that nobody has changed. */
export const usualLimit = 100;

const server = z.object({ sku: z.object({ name: z.string() }) });

/** `Standard_D4ds_v5` is four vCores of `standardDDSv5Family`, as Azure's list of a region's quotas names it. */
export function familyOf(sku: string): { readonly family: string; readonly vCores: number } {
  const [, letter = "", vCores = "0", features = "", version = ""] =
    /^Standard_([A-Z])(\d+)([a-z]*)_?(v\d+)?$/.exec(sku) ?? [];
  return { family: `standard${letter}${features.toUpperCase()}${version}Family`, vCores: Number(vCores) };
}

/** vCores of flexible servers by family, without the server of one id. */
export function usedCores(cloud: Cloud, exceptId = ""): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const { id, values } of cloud.world.ofType("dbforpostgresql:Server")) {
    if (id.toLowerCase() === exceptId.toLowerCase()) continue;
    const { family, vCores } = familyOf(pick(server, values).sku.name);
    used.set(family, (used.get(family) ?? 0) + vCores);
  }
  return used;
}

/** Refuses what the subscription is not registered for, or has no room for. */
export function admitToSubscription({ kind, id, values }: Declared, cloud: Cloud): void {
  const namespace = kind.armType.split("/")[0] ?? "";
  if (cloud.limits.unregistered.has(namespace.toLowerCase()))
    throw conflict(
      "MissingSubscriptionRegistration",
      `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    );
  if (kind.token !== "dbforpostgresql:Server") return;
  const { family, vCores } = familyOf(pick(server, values).sku.name);
  const limit = cloud.limits.quotas.get(family) ?? usualLimit;
  const used = usedCores(cloud, id).get(family) ?? 0;
  if (used + vCores > limit)
    throw conflict(
      "QuotaExceeded",
      `Operation could not be completed as it results in exceeding approved ${family} vCores quota: limit ${limit}, used ${used}, ${vCores} more are wanted.`,
    );
}
