import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./place";

export interface StandbyNamesArgs {
  readonly zoneId: pulumi.Input<string>;
  /** The edge's own host: what the names point at. */
  readonly edgeHost: pulumi.Input<string>;
  readonly standbyName: string;
  readonly imageName: string;
}

/** Seconds; these names never move. */
const ttl = 300;

/** The permanent names: where the standby can be rehearsed before anything points at it, and where images are. */
export class StandbyNames extends pulumi.ComponentResource {
  constructor(name: string, args: StandbyNamesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("StandbyNames"), name, {}, opts);
    const alias = (part: string, host: string, comment: string) =>
      new cloudflare.DnsRecord(
        `${name}-${part}`,
        {
          zoneId: args.zoneId,
          name: host,
          type: "CNAME",
          content: args.edgeHost,
          ttl,
          proxied: false,
          comment,
        },
        { parent: this },
      );
    alias("standby", args.standbyName, "Always the standby");
    alias("images", args.imageName, "Images, always from the edge");
    this.registerOutputs();
  }
}
