import { z } from "zod";
import { conflict } from "../fault";
import type { Stored, World } from "../world";
import { pick, sameId } from "./rules";

const lockSchema = z.object({ level: z.string() });
const kinds = ["authorization:ManagementLockByScope", "authorization:ManagementLockAtResourceGroupLevel"];
const isLock = (type: string): boolean => kinds.some((kind) => type === `azure-native:${kind}`);

/** What a lock is on: everything before its own part of the id. */
const scopeOf = (lock: Stored): string => lock.id.slice(0, lock.id.toLowerCase().lastIndexOf("/providers/"));

const within = (id: string, scope: string): boolean =>
  sameId(id, scope) || id.toLowerCase().startsWith(`${scope.toLowerCase()}/`);

const locks = (world: World): readonly Stored[] => kinds.flatMap((kind) => world.ofType(kind));

const refusal = (id: string, doing: "delete" | "write", scope: string) =>
  conflict(
    "ScopeLocked",
    `The scope '${id}' cannot perform ${doing} operation because following scope(s) are locked: '${scope}'. Please ` +
      "remove the lock and try again.",
  );

/**
 * Refuses to delete what is locked, what lies in something locked, and what something locked lies in. The lock itself
 * can be taken away.
 */
export function refuseLockedDelete(world: World, { id, type }: Pick<Stored, "id" | "type">): void {
  if (isLock(type)) return;
  const scope = locks(world)
    .map(scopeOf)
    .find((locked) => within(id, locked) || within(locked, id));
  if (scope !== undefined) throw refusal(id, "delete", scope);
}

/** Refuses to make or change anything in a scope that may only be read. */
export function refuseReadOnly(world: World, { id, type }: Pick<Stored, "id" | "type">): void {
  if (isLock(type)) return;
  const scope = locks(world)
    .filter(({ values }) => pick(lockSchema, values).level.toLowerCase() === "readonly")
    .map(scopeOf)
    .find((locked) => within(id, locked));
  if (scope !== undefined) throw refusal(id, "write", scope);
}
