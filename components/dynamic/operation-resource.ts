import * as pulumi from "@pulumi/pulumi";

/**
 * A resource whose create, read and update are code of this project, run by Pulumi's own provider for dynamic
 * resources. `pulumi.dynamic.Resource` would write that code into the stack's state, with everything it reaches and,
 * through source maps, the path of this checkout; and it loads the TypeScript compiler to do so, at every run. What is
 * kept here is one line that finds the module again from the project's folder, in which Pulumi starts the provider.
 */
export abstract class OperationResource extends pulumi.CustomResource {
  /**
   * @param type the dynamic resource's type, within `pulumi-nodejs:dynamic`
   * @param module path of the module that exports `provider`, from the project's folder, with `/`
   */
  protected constructor(
    type: string,
    module: string,
    name: string,
    props: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(
      `pulumi-nodejs:dynamic/standby:${type}`,
      name,
      { ...props, __provider: providerText(module) },
      opts,
    );
  }
}

/** The text that the dynamic provider evaluates; the same on every machine. */
export function providerText(module: string): string {
  return `exports.handler = () => { const { resolve } = require("path"); require(resolve("bin/program.cjs")); return require(resolve(${JSON.stringify(module)})).provider; };`;
}
