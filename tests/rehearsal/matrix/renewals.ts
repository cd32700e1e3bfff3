import { z } from "zod";
import type { Operator } from "../../../rehearsal/day/operator";
import * as shop from "../../../rehearsal/shop-of-the-story";
import type { Stage } from "../../../rehearsal/stage";

const renewal = z.object({
  state: z.string(),
  expires: z.string(),
  certificates: z.array(
    z.object({ name: z.string(), state: z.string(), expires: z.string(), renewed: z.boolean() }),
  ),
});

const stateOf = async ({ cloud }: Stage, host: string) => {
  const { certificates } = await cloud.control.call("snapshot", {});
  return certificates.find(({ hostName }) => hostName === host)?.state;
};

const renew = (operator: Operator) => operator.standby(["certificate", "renew"], renewal);

/** A managed certificate that wants a new validation is renewed by one command, and no other one is touched. */
export async function renewManaged(stage: Stage, operator: Operator): Promise<void> {
  await stage.cloud.control.call("demandRevalidation", { hostName: shop.publicHost });
  expect(await stateOf(stage, shop.publicHost)).toBe("PendingRevalidation");
  const { state, certificates } = (await renew(operator)).document;
  expect(state).toBe("Approved");
  expect(certificates.map(({ name, renewed }) => [name, renewed])).toEqual([
    [shop.publicHost, true],
    [shop.zone, false],
    [shop.standbyName, false],
    [shop.imageHost, false],
  ]);
  expect(await stateOf(stage, shop.publicHost)).toBe("Approved");
}

/** The certificate of an ACME authority, there since the first `up`, is issued anew for all names at once. */
export async function renewAcme(stage: Stage, operator: Operator): Promise<void> {
  const { document, said } = await renew(operator);
  expect(document.state).toBe("Approved");
  // Valid: checked by the command against the authorities that this rehearsal trusts.
  expect(document.certificates.map(({ name, renewed }) => [name, renewed])).toEqual([
    [shop.publicHost, true],
    [shop.zone, true],
    [shop.standbyName, true],
    [shop.imageHost, true],
  ]);
  expect(Date.parse(document.expires) - Date.now()).toBeGreaterThan(89 * 86_400_000);
  // Not of each name: the authority may remember a proof that it has seen.
  expect(said).toMatch(new RegExp(`asking acme\\.[\\w.]+ for a certificate of ${shop.publicHost}`));
  // Proofs are taken away again.
  const { records } = await stage.cloud.control.call("snapshot", {});
  expect(records.filter(({ name }) => name.startsWith("_acme-challenge"))).toEqual([]);
}
