import type { CdnManagementClient } from "@azure/arm-cdn";
import { azureCredential } from "../azure-credential";
import type { StandbyOutputs } from "../deployment";
import { outside, refusal } from "../fault";

type ShopSwitch = StandbyOutputs["shopSwitch"];

/** Where a route is, as the SDK asks for it. */
interface RoutePlace {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly profile: string;
  readonly endpoint: string;
  readonly route: string;
}

const form =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Cdn\/profiles\/([^/]+)\/afdEndpoints\/([^/]+)\/routes\/([^/]+)$/i;

/** The parts of a route's ARM id. @throws Fault (3) for anything else */
export function routePlace(id: string): RoutePlace {
  const [, subscription, resourceGroup, profile, endpoint, route] = form.exec(id) ?? [];
  if (
    subscription === undefined ||
    resourceGroup === undefined ||
    profile === undefined ||
    endpoint === undefined ||
    route === undefined
  )
    throw outside(
      `the standby stack's output shopSwitch.route is "${id}", which is not a Front Door route's id; run \`pulumi up\` on it`,
    );
  return { subscription, resourceGroup, profile, endpoint, route };
}

const sameId = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

/**
 * Leads the shop's route to the shop or to the pause page by Azure Resource Manager, without Pulumi. The route is read
 * and put as a whole, its origin group changed: a patch has dropped what it did not name (Azure/azure-cli#31638).
 *
 * @returns whether it had to be changed
 * @throws Fault (1) not allowed, not there, or leading somewhere else; (3) Azure not reached or at work on it
 */
export async function leadRoute(shopSwitch: ShopSwitch, open: boolean): Promise<boolean> {
  const place = routePlace(shopSwitch.route);
  const { resourceGroup, profile, endpoint, route: name } = place;
  try {
    const client = await cdn(place.subscription);
    const route = await client.routes.get(resourceGroup, profile, endpoint, name);
    const [wanted, other] = open
      ? [shopSwitch.open, shopSwitch.closed]
      : [shopSwitch.closed, shopSwitch.open];
    if (sameId(route.originGroup?.id, wanted)) return false;
    if (!sameId(route.originGroup?.id, other))
      throw refusal(
        `the route ${name} leads to ${route.originGroup?.id ?? "nothing"}, which is neither the shop nor the pause page; ` +
          `nothing was changed. Run \`pulumi up\` on the standby stack`,
      );
    await client.routes.beginCreateAndWait(
      resourceGroup,
      profile,
      endpoint,
      name,
      { ...route, originGroup: { id: wanted } },
      { updateIntervalInMs: 2_000 },
    );
    return true;
  } catch (error) {
    throw armFault(`the route ${name} of ${profile}`, error);
  }
}

async function cdn(subscription: string): Promise<CdnManagementClient> {
  // Loaded only here: the SDK takes longer to load than most commands take to run.
  const { CdnManagementClient } = await import("@azure/arm-cdn");
  return new CdnManagementClient(await azureCredential(), subscription);
}

/** A failed call in an operator's words; a Fault as it is. */
function armFault(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === "Fault") return error;
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 0;
  const said = error.message.split("\n")[0] ?? "";
  if (status === 401 || status === 403)
    return refusal(
      `Azure does not let you change ${what} (${status}); ask for the role "CDN Profile Contributor" on its resource group`,
      { cause: error },
    );
  if (status === 404)
    return refusal(`${what} does not exist; run \`pulumi up\` on the standby stack`, { cause: error });
  if (status === 409 || status === 429)
    return outside(`Azure is busy with ${what} (${status}): ${said}; run this again in a minute`, {
      cause: error,
    });
  if (/Credential|Authentication/.test(error.name))
    return outside(`cannot sign in to Azure: ${said}; run \`az login\``, { cause: error });
  return outside(`${what} could not be changed: ${said}; run this again`, { cause: error });
}
