import { z } from "zod";
import type { BlobAccess, BlobRequest } from "../../contracts";
import type { Cloud } from "../cloud";
import { badRequest } from "../fault";
import { holdsRole, roles } from "./access";
import { pick, type RuleBook } from "./rules";

const accountSchema = z.object({
  accountName: z.string(),
  allowBlobPublicAccess: z.boolean().default(false),
});
const containerSchema = z.object({
  accountName: z.string(),
  containerName: z.string(),
  publicAccess: z.enum(["Blob", "Container", "None"]).default("None"),
});
/** Lengths and characters that Azure states in prose, not in its types. */
const containerName = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

const audience = "https://storage.azure.com";
const writers = [roles.storageBlobDataContributor, roles.storageBlobDataOwner];
const readers = [roles.storageBlobDataReader, ...writers];

/** What a bearer token may do in a container: by the roles of its principal there, or on what that lies in. */
function accessOf({ token, container, wants }: BlobRequest, account: string, cloud: Cloud): BlobAccess {
  const holder = cloud.directory.holder(token, audience);
  if (holder === undefined) return "no-token";
  const scope = `${account}/blobServices/default/containers/${container}`;
  return holdsRole(cloud.world, holder.objectId, scope, wants === "read" ? readers : writers)
    ? "granted"
    : "no-role";
}

export const storageRules: RuleBook = {
  "storage:StorageAccount": {
    replaces: ["kind", "isHnsEnabled", "enableNfsV3"],
    outputs: ({ values }) => {
      const { accountName } = pick(accountSchema, values);
      const at = (service: string): string => `https://${accountName}.${service}.core.windows.net/`;
      return {
        primaryEndpoints: {
          blob: at("blob"),
          dfs: at("dfs"),
          file: at("file"),
          queue: at("queue"),
          table: at("table"),
          web: `https://${accountName}.z6.web.core.windows.net/`,
        },
        statusOfPrimary: "available",
        primaryLocation: values["location"] ?? null,
      };
    },
    realise: ({ id, values }, cloud) => {
      const { accountName, allowBlobPublicAccess } = pick(accountSchema, values);
      cloud.parts.blobs.addAccount({
        name: accountName,
        allowBlobPublicAccess,
        accessOf: (request) => accessOf(request, id, cloud),
      });
      return Promise.resolve();
    },
    retire: ({ values }, { parts }) => {
      parts.blobs.removeAccount(pick(accountSchema, values).accountName);
      return Promise.resolve();
    },
  },
  "storage:BlobContainer": {
    check: (values) => {
      const name = values["containerName"];
      return typeof name === "string" && !containerName.test(name)
        ? [
            {
              property: "containerName",
              reason: `is ${JSON.stringify(name)}; it must match ${containerName.source}`,
            },
          ]
        : [];
    },
    admit: ({ values }, { world }) => {
      const { accountName, publicAccess } = pick(containerSchema, values);
      const account = world
        .ofType("storage:StorageAccount")
        .map((found) => pick(accountSchema, found.values))
        .find((found) => found.accountName === accountName);
      if (publicAccess !== "None" && account?.allowBlobPublicAccess !== true)
        throw badRequest(
          "PublicAccessNotPermitted",
          `Public access is not permitted on storage account ${accountName}: publicAccess ${publicAccess} needs ` +
            "allowBlobPublicAccess true on the account.",
        );
    },
    realise: ({ values }, { parts }) => {
      const { accountName, containerName: container, publicAccess } = pick(containerSchema, values);
      parts.blobs.addContainer(accountName, container, publicAccess);
      return Promise.resolve();
    },
    retire: ({ values }, { parts }) => {
      const { accountName, containerName: container } = pick(containerSchema, values);
      parts.blobs.removeContainer(accountName, container);
      return Promise.resolve();
    },
  },
};
