import * as pulumi from "@pulumi/pulumi";
import { cutoverGate, type GateLooks } from "../components/cutover-gate";
import { CutoverRecord } from "../components/cutover-record";
import { hostsOf } from "../components/names";
import { readProdSettings, type ProdSettings } from "../settings";
import { primaryHostOf } from "./primary-reference";
import { standbyHostOf } from "./standby-reference";

/** Outputs of stack `prod`. */
export interface ProdOutputs {
  readonly activeSite: ProdSettings["activeSite"];
  readonly record: pulumi.Output<{
    readonly zoneId: string;
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly content: string;
    readonly ttl: number;
  }>;
  readonly targets: pulumi.Output<{ readonly primary: string; readonly standby?: string }>;
}

/**
 * The stack that holds the cutover record and nothing else that could fail beside it.
 * @param looks where the gate looks before the record may change
 */
export function prod(settings: ProdSettings, looks?: GateLooks): ProdOutputs {
  const hosts = hostsOf(settings.domain);
  const cutover = new CutoverRecord("www", {
    zoneId: settings.zoneId,
    domain: settings.domain,
    publicName: hosts.public,
    originName: hosts.origin,
    activeSite: settings.activeSite,
    primaryHost:
      settings.primaryStack === undefined
        ? (settings.primaryHost ?? "")
        : primaryHostOf(settings.primaryStack),
    primaryAddress: settings.primaryAddress,
    standbyHost: settings.standbyStack === undefined ? undefined : standbyHostOf(settings.standbyStack),
    ttl: settings.ttl,
    proxied: settings.proxied,
    gate: cutoverGate(
      {
        zoneId: settings.zoneId,
        publicName: hosts.public,
        standbyName: hosts.standby,
        imageName: hosts.images,
        activeSite: settings.activeSite,
      },
      looks,
    ),
  });
  const { zoneId, id, name, type, content, ttl } = cutover.record;
  return {
    activeSite: settings.activeSite,
    record: pulumi.output({ zoneId, id, name, type, content, ttl }),
    targets: pulumi.output(cutover.targets),
  };
}

/** Runs the stack from its own config. */
export const main = (stack: string): ProdOutputs => prod(readProdSettings(stack));
