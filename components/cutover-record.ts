import { isIPv6 } from "node:net";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { recordComments } from "../settings/cutover-names";
import { componentType } from "./place";

export interface CutoverRecordArgs {
  readonly zoneId: pulumi.Input<string>;
  /** The zone itself: its apex becomes a constant CNAME to the public name. */
  readonly domain: string;
  readonly publicName: string;
  readonly originName: string;
  readonly activeSite: "primary" | "standby";
  readonly primaryHost: pulumi.Input<string>;
  /** Makes `originName` for a primary known only by its address, and the primary's target of it. */
  readonly primaryAddress?: string | undefined;
  /** The edge's host; missing until a standby is configured. */
  readonly standbyHost?: pulumi.Input<string> | undefined;
  /** Seconds. */
  readonly ttl: number;
  readonly proxied: boolean;
  /** Asked before the record is declared; a rejection keeps it as it is. Missing: every change passes. */
  readonly gate?: ((target: string, otherTarget: string | undefined) => Promise<void>) | undefined;
}

/** What the public name may point at; no standby before one is configured. */
export interface CutoverTargets {
  readonly primary: pulumi.Input<string>;
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

    const primary = args.primaryAddress === undefined ? args.primaryHost : args.originName;
    this.targets = args.standbyHost === undefined ? { primary } : { primary, standby: args.standbyHost };
    const target = passed(args, this.targets);
    /** No record is written before the gate has let the one that moves through. */
    const behindGate = (content: string): pulumi.Input<string> =>
      args.gate === undefined ? content : pulumi.output(target).apply(() => content);

    if (args.primaryAddress !== undefined)
      new cloudflare.DnsRecord(
        `${name}-origin`,
        {
          zoneId,
          name: args.originName,
          type: isIPv6(args.primaryAddress) ? "AAAA" : "A",
          content: behindGate(args.primaryAddress),
          ttl: args.ttl,
          proxied: false,
          comment: recordComments.origin,
        },
        { parent: this },
      );
    this.record = new cloudflare.DnsRecord(
      name,
      {
        zoneId,
        name: args.publicName,
        type: "CNAME",
        content: target,
        ttl,
        proxied,
        comment: recordComments.www,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    new cloudflare.DnsRecord(
      `${name}-apex`,
      {
        zoneId,
        name: domain,
        type: "CNAME",
        content: behindGate(args.publicName),
        ttl,
        proxied,
        comment: recordComments.apex,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** The target, once the gate has let it through. */
function passed({ activeSite, gate }: CutoverRecordArgs, targets: CutoverTargets): pulumi.Input<string> {
  const target = targetOf(activeSite, targets);
  if (gate === undefined) return target;
  const otherTarget = activeSite === "primary" ? targets.standby : targets.primary;
  return pulumi.all([target, otherTarget]).apply(async ([to, other]) => {
    await gate(to, other);
    return to;
  });
}
