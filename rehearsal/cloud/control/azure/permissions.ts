import type { Cloud } from "../cloud";
import type { Principal } from "../directory";
import { CloudFault } from "../fault";
import { holdsRole, roles } from "./access";

/** What each role allows of ARM's actions, such as `Microsoft.Cdn/profiles/read` (Azure's built-in roles). */
const allowed: readonly (readonly [role: string, allows: (action: string) => boolean])[] = [
  [roles.owner, () => true],
  [roles.contributor, (action) => !/^Microsoft\.Authorization\/.+\/(write|delete)$/i.test(action)],
  [roles.reader, (action) => action.endsWith("/read")],
  [roles.monitoringReader, (action) => action.endsWith("/read")],
  [roles.cdnProfileContributor, (action) => /^Microsoft\.Cdn\//i.test(action)],
  [roles.communicationAndEmailServiceOwner, (action) => /^Microsoft\.Communication\//i.test(action)],
];

const verbs: Readonly<Record<string, string>> = { GET: "read", DELETE: "delete", POST: "action" };

/** The action that a call of ARM is, by which roles are judged: types of the path, and the verb. */
export function actionOf(method: string, path: string): string {
  const provider = path.split(/\/providers\//i).at(-1) ?? "";
  const within = path.includes("/providers/")
    ? provider.split("/").filter((_, index) => index === 0 || index % 2 === 1)
    : ["Microsoft.Resources", "subscriptions", ...(path.split("/").length > 3 ? ["resourceGroups"] : [])];
  return [...within, verbs[method] ?? "write"].join("/");
}

/**
 * Refuses what a principal's roles do not allow. The operator owns the subscription.
 * @throws CloudFault 403 AuthorizationFailed, worded as ARM does
 */
export function authorizeCall(cloud: Cloud, principal: Principal, method: string, path: string): void {
  if (principal.objectId === cloud.settings.operator.objectId) return;
  const action = actionOf(method, path);
  const wanted = allowed.filter(([, allows]) => allows(action)).map(([role]) => role);
  if (holdsRole(cloud.world, principal.objectId, path, wanted)) return;
  throw new CloudFault(
    403,
    "AuthorizationFailed",
    `The client '${principal.applicationId}' with object id '${principal.objectId}' does not have authorization to ` +
      `perform action '${action}' over scope '${path}' or the scope is invalid. If access was recently granted, ` +
      "please refresh your credentials.",
  );
}
