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
 * each `sync` and `cutover` moves every identity that it finds there. While a change is planned the database is looked
 * at where it can be reached: a table that came since, an offset that the policy changed and an identity that stands
 * too low show in the diff, with their figures; where it cannot be reached, a message says so. State holds no live
 * seeds, which change with every order and would make each `up` differ. Nothing is ever lowered.
 */
export class IdentityOffsets extends OperationResource {
  declare readonly rowsPerHour: pulumi.Output<number>;
  declare readonly tailHours: pulumi.Output<number>;
  declare readonly syncAgeHours: pulumi.Output<number>;
  declare readonly safety: pulumi.Output<number>;
  /** `recorded` in the database, or `unreached` from where Pulumi ran; operations then take it from the stack. */
  declare readonly status: pulumi.Output<string>;
  /** The offset of each identity by the policy, by `schema.table.column`; missing until the database was reached. */
  declare readonly covered: pulumi.Output<Readonly<Record<string, string>> | undefined>;
  /** SQL Server's alone: `off`, `unreached`, or `unsupported` by a server before 2017. */
  declare readonly identityCache: pulumi.Output<string | undefined>;

  constructor(name: string, args: IdentityOffsetsArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "IdentityOffsets",
      "components/dynamic/identity-offsets-provider",
      name,
      {
        ...args,
        databaseUrl: pulumi.secret(args.databaseUrl),
        status: undefined,
        covered: undefined,
        identityCache: undefined,
      },
      { ...opts, additionalSecretOutputs: ["databaseUrl"] },
    );
  }
}
