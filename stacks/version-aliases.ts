import * as pulumi from "@pulumi/pulumi";

/** A type that names an API version, e.g. `azure-native:storage/v20230101:StorageAccount`. */
const versioned = /^azure-native:[^:]+\/v\d{8}[a-z]*:/;

const namesAVersion = (alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean =>
  typeof alias === "object" &&
  "type" in alias &&
  typeof alias.type === "string" &&
  versioned.test(alias.type);

/**
 * Takes off a resource the aliases that Azure's SDK gives it for programs that once named an API version in its type:
 * up to 45 a resource, over a thousand in a standby, each a URN to be made and sent. No stack of this template ever
 * had such a type. Aliases without a version stay: by them a type that the SDK renames is still the same resource.
 */
export const withoutVersionAliases: pulumi.ResourceTransformation = ({ props, opts }) =>
  opts.aliases === undefined
    ? undefined
    : { props, opts: { ...opts, aliases: opts.aliases.filter((alias) => !namesAVersion(alias)) } };
