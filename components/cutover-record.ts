import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./place";

export interface CutoverRecordArgs {
  readonly zoneId: pulumi.Input<string>;
  /** The zone itself: its apex becomes a constant CNAME to the public name. */
  readonly domain: string;
  readonly publicName: string;
  readonly originName: string;
  readonly activeSite: "primary" | "standby";
  readonly primaryHost: string;
  /** Makes `originName` for a primary known only by its address, and the primary's target of it. */
  readonly primaryAddress?: string | undefined;
  /** The edge's host; missing until a standby is configured. */
  readonly standbyHost?: pulumi.Input<string> | undefined;
  /** Seconds. */
  readonly ttl: number;
  readonly proxied: boolean;
}

/** What the public name may point at; no standby before one is configured. */
export interface CutoverTargets {
  readonly primary: string;
  readonly standby?: pulumi.Input<string>;
}

/** @throws RunError for a standby that is not known */
export function targetOf(site: "primary" | "standby", targets: CutoverTargets): pulumi.Input<string> {
  const target = targets[site];
  if (target !== undefined) return target;
  throw new pulumi.RunError(
    "activeSite is standby, but no standby is configured. Fix: set standbyStack, or activeSite to primary",
  );
}

/** The name that moves. Both targets are CNAMEs: a change of type would replace the record, with a gap in between. */
export class CutoverRecord extends pulumi.ComponentResource {
  readonly record: cloudflare.DnsRecord;
  readonly targets: CutoverTargets;

  constructor(name: string, args: CutoverRecordArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("CutoverRecord"), name, {}, opts);
    const { zoneId, domain, proxied } = args;
    // Cloudflare takes no other TTL where it answers itself.
    const ttl = proxied ? 1 : args.ttl;

    if (args.primaryAddress !== undefined)
      new cloudflare.DnsRecord(
        `${name}-origin`,
        {
          zoneId,
          name: args.originName,
          type: "A",
          content: args.primaryAddress,
          ttl: args.ttl,
          proxied: false,
          comment: "The primary, known only by its address",
        },
        { parent: this },
      );
    const primary = args.primaryAddress === undefined ? args.primaryHost : args.originName;
    this.targets = args.standbyHost === undefined ? { primary } : { primary, standby: args.standbyHost };

    this.record = new cloudflare.DnsRecord(
      name,
      {
        zoneId,
        name: args.publicName,
        type: "CNAME",
        content: targetOf(args.activeSite, this.targets),
        ttl,
        proxied,
        comment: "Cutover record: moved by activeSite only",
      },
      { parent: this, deleteBeforeReplace: true },
    );
    new cloudflare.DnsRecord(
      `${name}-apex`,
      {
        zoneId,
        name: domain,
        type: "CNAME",
        content: args.publicName,
        ttl,
        proxied,
        comment: "Constant: follows www",
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
