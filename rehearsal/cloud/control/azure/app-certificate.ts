import { createHash } from "node:crypto";
import { z } from "zod";
import type { IssuedCertificate } from "../../contracts";
import type { Cloud } from "../cloud";
import { badRequest, conflict, notFound } from "../fault";
import type { JsonObject } from "../json";
import type { Stored, World } from "../world";
import { parentId } from "./ids";
import { lastOf, pick, sameId, type RuleBook } from "./rules";

const certificateSchema = z.object({
  canonicalName: z.string().optional(),
  serverFarmId: z.string().optional(),
  pfxBlob: z.string().optional(),
  keyVaultId: z.string().optional(),
});
const certificateOutputs = z.object({ thumbprint: z.string(), hostNames: z.array(z.string()) });
const bindingSchema = z.object({
  name: z.string(),
  hostName: z.string(),
  sslState: z.string().default("Disabled"),
  thumbprint: z.string().optional(),
  customHostNameDnsRecordType: z.string().default("CName"),
});
const siteSchema = z.object({ serverFarmId: z.string() });
const planSchema = z.object({ sku: z.object({ name: z.string() }) });

/** Plans without TLS for names of one's own (azure-docs, App Service limits). */
const withoutTls = /^(F|D)\d/i;

const bindings = (world: World) =>
  world
    .ofType("web:WebAppHostNameBinding")
    .map((stored) => ({ stored, ...pick(bindingSchema, stored.values) }));

/** A certificate of App Service's own, by its thumbprint. */
function storedBy(world: World, thumbprint: string | undefined): Stored | undefined {
  return world
    .ofType("web:Certificate")
    .find(({ outputs }) => pick(certificateOutputs, outputs).thumbprint === thumbprint);
}

/** The certificate with a thumbprint; undefined where there is none. */
export function certificateBy(
  { world, appCertificates }: Cloud,
  thumbprint: string | undefined,
): IssuedCertificate | undefined {
  const stored = storedBy(world, thumbprint);
  return stored === undefined ? undefined : appCertificates.get(stored.id.toLowerCase());
}

/** TLS of a binding is by the thumbprint of a certificate that is there, and good for its name. */
export function admitTls(
  { id, values }: { readonly id: string; readonly values: JsonObject },
  world: World,
): void {
  const { hostName, sslState, thumbprint } = pick(bindingSchema, values);
  if (sslState === "Disabled") return;
  if (thumbprint === undefined)
    throw badRequest(
      "BadRequest",
      `The parameter thumbprint has an invalid value: ${sslState} of ${id} needs one.`,
    );
  const certificate = storedBy(world, thumbprint);
  if (certificate === undefined)
    throw notFound("NotFound", `Cannot find Certificate with name or thumbprint ${thumbprint}.`);
  if (!pick(certificateOutputs, certificate.outputs).hostNames.includes(hostName))
    throw badRequest(
      "BadRequest",
      `The certificate with thumbprint '${thumbprint}' does not match the hostname '${hostName}'.`,
    );
}

/** The binding of a host name to an app on a plan. */
const boundOn = (world: World, plan: string, hostName: string) =>
  bindings(world).find((binding) => {
    if (binding.hostName !== hostName) return false;
    const app = world.get(parentId(binding.stored.id) ?? "");
    return app !== undefined && sameId(pick(siteSchema, app.values).serverFarmId, plan);
  });

/**
 * Where a name leads: a CNAME is looked at for itself, and what is bound by its address followed to its end, since every
 * host has the same address here.
 */
async function leadsTo(
  { parts }: Pick<Cloud, "parts">,
  hostName: string,
  byAddress: boolean,
): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let name: string | undefined = hostName; name !== undefined && seen.length < 8;) {
    const [next]: readonly string[] = await parts.lookup(name, "CNAME");
    if (next !== undefined) seen.push(next.toLowerCase());
    name = byAddress ? next : undefined;
  }
  return byAddress ? seen.slice(-1) : seen;
}

export const appCertificateRules: RuleBook = {
  "web:Certificate": {
    replaces: ["canonicalName", "serverFarmId", "hostNames"],
    check: (values) => {
      const { canonicalName, serverFarmId, pfxBlob, keyVaultId } = pick(certificateSchema, values);
      if (pfxBlob !== undefined || keyVaultId !== undefined)
        return [
          { property: "canonicalName", reason: "is the only source of a certificate that is rehearsed" },
        ];
      return [
        ...(canonicalName === undefined ? [{ property: "canonicalName", reason: "is required" }] : []),
        ...(serverFarmId === undefined ? [{ property: "serverFarmId", reason: "is required" }] : []),
      ];
    },
    admit: async ({ values, before }, cloud) => {
      const { world } = cloud;
      if (before !== undefined) return;
      const { canonicalName = "", serverFarmId = "" } = pick(certificateSchema, values);
      const plan = world.get(serverFarmId);
      if (plan === undefined)
        throw badRequest("BadRequest", `Cannot find App Service plan with name ${lastOf(serverFarmId)}.`);
      const { sku } = pick(planSchema, plan.values);
      if (withoutTls.test(sku.name))
        throw conflict(
          "Conflict",
          `A managed certificate needs a Basic plan or above; ${lastOf(serverFarmId)} is ${sku.name}.`,
        );
      const bound = boundOn(world, serverFarmId, canonicalName);
      if (bound === undefined)
        throw badRequest(
          "BadRequest",
          `Properties.CanonicalName is invalid. ${canonicalName} is not a hostname assigned to an app on ` +
            `${lastOf(serverFarmId)}: the certificate has to depend on the binding.`,
        );
      const byAddress = bound.customHostNameDnsRecordType === "A";
      const targets = await leadsTo(cloud, canonicalName, byAddress);
      const own = `${bound.name}.azurewebsites.net`;
      if (!targets.includes(own.toLowerCase()))
        throw badRequest(
          "BadRequest",
          `Properties.CanonicalName is invalid. Certificate creation requires hostname ${canonicalName} to ` +
            `${byAddress ? "lead to the address" : "be a CNAME"} of ${own}; it leads to ${targets.join(", ") || "nothing"}.`,
        );
    },
    realise: async ({ id, values, before }, { parts, appCertificates }) => {
      if (before !== undefined) return;
      const { canonicalName = "" } = pick(certificateSchema, values);
      appCertificates.set(id.toLowerCase(), await parts.authority.issue([canonicalName]));
    },
    outputs: ({ id, values }, { appCertificates }) => {
      const issued = appCertificates.get(id.toLowerCase());
      if (issued === undefined) return {};
      const { canonicalName = "" } = pick(certificateSchema, values);
      return {
        thumbprint: thumbprintOf(issued),
        expirationDate: issued.expires.toISOString(),
        hostNames: [canonicalName],
        subjectName: canonicalName,
        issuer: "the local cloud's authority",
        valid: true,
      };
    },
    release: ({ id, outputs }, { world }) => {
      const { thumbprint } = pick(certificateOutputs, outputs);
      const user = bindings(world).find(
        (binding) => binding.sslState !== "Disabled" && binding.thumbprint === thumbprint,
      );
      if (user !== undefined)
        throw conflict(
          "Conflict",
          `Certificate ${lastOf(id)} cannot be deleted because it is bound to ${user.hostName} of ${user.name}.`,
        );
    },
    retire: ({ id }, { appCertificates }) => {
      appCertificates.delete(id.toLowerCase());
      return Promise.resolve();
    },
  },
};

/** 40 hexadecimal digits that no other certificate has: what Azure tells certificates apart by. */
const thumbprintOf = ({ chain }: IssuedCertificate): string =>
  createHash("sha1").update(chain).digest("hex").toUpperCase();
