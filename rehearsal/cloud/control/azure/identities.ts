import { z } from "zod";
import type { Principal } from "../directory";
import { guidOf } from "../guid";
import type { Stored, World } from "../world";
import { pick } from "./rules";

const siteSchema = z.object({
  identity: z
    .object({
      userAssignedIdentities: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
    })
    .optional(),
});
const systemAssigned = z.object({ identity: z.object({ principalId: z.string() }) });
const userAssigned = z.object({ principalId: z.string(), clientId: z.string() });

/** A managed identity that a web app may act as. */
export interface AppIdentity {
  readonly kind: "system" | "user";
  /** Of the identity's own resource, or of the app for the one that is the app's own. */
  readonly id: string;
  readonly principal: Principal;
}

/** Every web app, slots among them. */
export const webAppsOf = (world: World): readonly Stored[] => [
  ...world.ofType("web:WebApp"),
  ...world.ofType("web:WebAppSlot"),
];

/** The managed identities of a web app, as it is declared now. */
export function identitiesOf(app: Stored, world: World): readonly AppIdentity[] {
  const own = systemAssigned.safeParse(app.outputs);
  const system: AppIdentity[] = own.success
    ? [{ kind: "system", id: app.id, principal: principalOf(own.data.identity.principalId, app.id) }]
    : [];
  const assigned = pick(siteSchema, app.values).identity?.userAssignedIdentities ?? [];
  const user = (Array.isArray(assigned) ? assigned : Object.keys(assigned)).flatMap((id): AppIdentity[] => {
    const found = world.get(id);
    if (found === undefined) return [];
    const { principalId, clientId } = pick(userAssigned, found.outputs);
    return [{ kind: "user", id: found.id, principal: { applicationId: clientId, objectId: principalId } }];
  });
  return [...system, ...user];
}

const principalOf = (objectId: string, id: string): Principal => ({
  applicationId: guidOf(`client ${id}`),
  objectId,
});
