import * as pulumi from "@pulumi/pulumi";
import { OperationResource } from "./operation-resource";

/** What offsets are sized from; rates are rows an hour of the busiest table, times are hours. */
export interface IdentityOffsetsArgs {
  /** Secret: the standby's database. */
  readonly databaseUrl: pulumi.Input<string>;
  readonly rowsPerHour: pulumi.Input<number>;
  readonly tailHours: pulumi.Input<number>;
  readonly syncAgeHours: pulumi.Input<number>;
  readonly safety: pulumi.Input<number>;
}

/**
 * How far the standby's identities are kept above the primary's: the policy, left in the standby's database, by which
 * each `sync` and `cutover` moves every identity that it finds there. State holds the policy and no live seeds, which
 * change with every order and would make each `up` differ.
 */
export class IdentityOffsets extends OperationResource {
  declare readonly rowsPerHour: pulumi.Output<number>;
  declare readonly tailHours: pulumi.Output<number>;
  declare readonly syncAgeHours: pulumi.Output<number>;
  declare readonly safety: pulumi.Output<number>;
  /** `recorded` in the database, or `unreached` from where Pulumi ran; operations then take it from the stack. */
  declare readonly status: pulumi.Output<string>;

  constructor(name: string, args: IdentityOffsetsArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "IdentityOffsets",
      "components/dynamic/identity-offsets-provider",
      name,
      { ...args, databaseUrl: pulumi.secret(args.databaseUrl), status: undefined },
      { ...opts, additionalSecretOutputs: ["databaseUrl"] },
    );
  }
}
