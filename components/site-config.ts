import { input } from "@pulumi/azure-native/types";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The option that hands an app's `siteConfig` to the engine as it was given. The SDK fills in its defaults behind an
 * `apply`, so that one value not known yet would hide all others: from whoever reads a first preview, and from policies.
 */
export function inTheOpen(
  siteConfig: input.web.SiteConfigArgs,
): Required<Pick<pulumi.ResourceOptions, "transformations">> {
  const whole = input.web.siteConfigArgsProvideDefaults(siteConfig);
  return {
    transformations: [({ props, opts }) => ({ props: { ...(props as object), siteConfig: whole }, opts })],
  };
}
