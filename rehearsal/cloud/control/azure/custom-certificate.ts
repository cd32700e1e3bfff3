import { z } from "zod";
import type { IssuedCertificate } from "../../contracts";
import type { Cloud } from "../cloud";
import { badRequest, notFound } from "../fault";
import type { JsonObject } from "../json";
import { names, pemCertificates, unfitForEdge } from "../vaults/certificate";
import type { VaultCertificate } from "../vaults/store";
import { parentId } from "./ids";
import { mayReadSecrets } from "./keyvault";
import { lastOf, pick, sameId, type RuleBook } from "./rules";

const domainSchema = z.object({
  hostName: z.string(),
  tlsSettings: z
    .object({ certificateType: z.string(), secret: z.object({ id: z.string() }).optional() })
    .default({ certificateType: "ManagedCertificate" }),
});
const secretSchema = z.object({
  parameters: z.object({
    type: z.string(),
    secretSource: z.object({ id: z.string() }),
    useLatestVersion: z.boolean().default(false),
  }),
});
const profileOutputs = z.object({ identity: z.object({ principalId: z.string() }) });

const source =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+)\/secrets\/([^/]+)$/i;

/** Whether a custom domain has a certificate of one's own, not a managed one. */
export const hasOwnCertificate = (domain: JsonObject): boolean =>
  pick(domainSchema, domain).tlsSettings.certificateType === "CustomerCertificate";

/** What a profile's secret leads to, in the vault, as the profile's own identity may read it. */
function readCertificate(cloud: Cloud, profile: string, sourceId: string): VaultCertificate {
  const [, subscription, vaultName = "", name = ""] = source.exec(sourceId) ?? [];
  if (subscription === undefined)
    throw badRequest(
      "BadRequest",
      `secretSource.id is ${JSON.stringify(sourceId)}; the id of a vault's secret is wanted: ` +
        "/subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/{vault}/secrets/{certificate}.",
    );
  if (!sameId(subscription, cloud.settings.subscription))
    throw badRequest(
      "BadRequest",
      `The vault of ${sourceId} lies in another subscription than the profile; Front Door takes none from there.`,
    );
  const vault = cloud.world.get(sourceId.slice(0, sourceId.toLowerCase().lastIndexOf("/secrets/")));
  if (vault === undefined) throw notFound("ResourceNotFound", `The vault of ${sourceId} was not found.`);
  const identity = profileOutputs.safeParse(cloud.world.get(profile)?.outputs);
  if (!identity.success)
    throw badRequest(
      "BadRequest",
      `Profile ${lastOf(profile)} has no managed identity to read ${sourceId} with: set identity on it.`,
    );
  if (!mayReadSecrets(cloud, vault, sourceId, identity.data.identity.principalId))
    throw badRequest(
      "BadRequest",
      `The managed identity of profile ${lastOf(profile)} does not have access to vault ${vaultName}: it needs the ` +
        "role Key Vault Secrets User there, before the secret is made (dependsOn).",
    );
  const certificate = cloud.vaults.latest(vaultName, name);
  if (certificate === undefined)
    throw badRequest("BadRequest", `Vault ${vaultName} has no certificate ${name}.`);
  return certificate;
}

function fitCertificate(cloud: Cloud, profile: string, sourceId: string): VaultCertificate {
  const certificate = readCertificate(cloud, profile, sourceId);
  const roots = [cloud.parts.authority.root, ...cloud.trustedAuthorities];
  const why = unfitForEdge(certificate, roots, new Date());
  if (why !== undefined)
    throw badRequest("BadRequest", `The certificate ${sourceId} cannot be used at the edge: ${why}.`);
  return certificate;
}

/** The certificate that a custom domain is to be served with: the newest of its vault. @throws CloudFault */
function certificateOf(cloud: Cloud, domain: string, values: JsonObject): VaultCertificate {
  const { hostName, tlsSettings } = pick(domainSchema, values);
  const profile = parentId(domain) ?? "";
  if (tlsSettings.secret === undefined)
    throw badRequest(
      "BadRequest",
      `tlsSettings of ${hostName}: certificateType CustomerCertificate needs secret.id, a secret of the profile.`,
    );
  const secret = cloud.world.get(tlsSettings.secret.id);
  if (secret === undefined || !sameId(parentId(secret.id) ?? "", profile))
    throw badRequest(
      "BadRequest",
      `tlsSettings of ${hostName}: ${tlsSettings.secret.id} is not a secret of profile ${lastOf(profile)}.`,
    );
  const sourceId = pick(secretSchema, secret.values).parameters.secretSource.id;
  const certificate = fitCertificate(cloud, profile, sourceId);
  if (!names(certificate, hostName))
    throw badRequest(
      "BadRequest",
      `The certificate ${sourceId} is not for ${hostName}: neither its common name nor an alternative name matches.`,
    );
  return certificate;
}

/** Refuses a custom domain whose own certificate Front Door could not serve. */
export function admitOwnCertificate(cloud: Cloud, id: string, values: JsonObject): void {
  certificateOf(cloud, id, values);
}

/** What each domain with a certificate of one's own is served with now, by host name; undefined: it keeps its last. */
export function ownCertificates(cloud: Cloud): ReadonlyMap<string, IssuedCertificate | undefined> {
  const found = new Map<string, IssuedCertificate | undefined>();
  for (const { id, values } of cloud.world.ofType("cdn:AFDCustomDomain")) {
    if (!hasOwnCertificate(values)) continue;
    const { hostName } = pick(domainSchema, values);
    try {
      const { chain, key } = certificateOf(cloud, id, values);
      found.set(hostName, { chain, key, expires: new Date(pemCertificates(chain)[0]?.validTo ?? 0) });
    } catch (error) {
      found.set(hostName, undefined);
      cloud.world.note("note", id, `keeps its last certificate: ${String(error)}`);
    }
  }
  return found;
}

export const customCertificateRules: RuleBook = {
  "cdn:Secret": {
    replaces: ["parameters"],
    admit: ({ id, values }, cloud) => {
      const { success, data } = secretSchema.safeParse(values);
      if (!success || data.parameters.type !== "CustomerCertificate" || !data.parameters.useLatestVersion)
        throw badRequest(
          "NotRehearsed",
          `Secret ${lastOf(id)}: the local cloud knows secrets of type CustomerCertificate with useLatestVersion only.`,
        );
      fitCertificate(cloud, parentId(id) ?? "", data.parameters.secretSource.id);
    },
    outputs: ({ values }) => ({
      profileName: values["profileName"] ?? null,
      deploymentStatus: "NotStarted",
    }),
    release: ({ id }, { world }) => {
      const user = world
        .ofType("cdn:AFDCustomDomain")
        .find(({ values }) => sameId(pick(domainSchema, values).tlsSettings.secret?.id ?? "", id));
      if (user !== undefined)
        throw badRequest(
          "BadRequest",
          `Secret ${lastOf(id)} is still used by custom domain ${lastOf(user.id)}.`,
        );
    },
  },
};
