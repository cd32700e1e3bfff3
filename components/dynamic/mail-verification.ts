import * as pulumi from "@pulumi/pulumi";
import { OperationResource } from "./operation-resource";

export interface MailVerificationArgs {
  readonly subscriptionId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly emailServiceName: pulumi.Input<string>;
  readonly domainName: pulumi.Input<string>;
  /** ARM id of the domain; a domain made anew is verified anew. */
  readonly domainId: pulumi.Input<string>;
}

/**
 * A mail domain that has been proven. Azure starts a verification only when it is told to, once for each record, and
 * refuses to link a domain before all have passed; so whoever links takes the domain's id from here.
 */
export class MailVerification extends OperationResource {
  /** ARM id of the domain, once it is verified. */
  declare readonly verifiedDomainId: pulumi.Output<string>;
  /** State of each record, spelled as Azure does. */
  declare readonly states: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: MailVerificationArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "MailVerification",
      "components/dynamic/mail-verification-provider",
      name,
      { ...args, verifiedDomainId: undefined, states: undefined },
      opts,
    );
  }
}
