import { coverPairs, product } from "./pairs";

/** What a deployment can differ in, and the values of each: every combination has to stand. */
export const dimensions = {
  engine: ["postgres", "sqlserver"],
  certificate: ["managed"],
  /** The primary: a host by name, one known only by its address, or our own on Azure. */
  primary: ["external", "address", "appService"],
  dns: ["dnsOnly", "proxied"],
  shop: ["open"],
} as const;

type Dimensions = typeof dimensions;
/** One value of each dimension. */
export type Choice = { readonly [Key in keyof Dimensions]: Dimensions[Key][number] };

/** One way to configure the three stacks. */
export interface Configuration extends Choice {
  /** Its values, joined by hyphens: the name of its files. */
  readonly name: string;
}

const named = (choice: Choice): Configuration => ({
  ...choice,
  name: [choice.engine, choice.certificate, choice.primary, choice.dns, choice.shop].join("-"),
});

/** Every configuration. */
export const configurations: readonly Configuration[] = product<Choice>(dimensions).map(named);

/** A few configurations in which every two values meet: what the tests play. */
export const pairs: readonly Configuration[] = coverPairs<Choice>(dimensions).map(named);

/** Configurations that share one standby, and so can be played side by side. */
export function sharingAStandby(all: readonly Configuration[]): readonly (readonly Configuration[])[] {
  const groups = new Map<string, Configuration[]>();
  for (const configuration of all) {
    const { engine, certificate, primary, shop } = configuration;
    // A primary of our own is something that the standby knows.
    const key = [engine, certificate, primary === "appService" ? primary : "another", shop].join("-");
    groups.set(key, [...(groups.get(key) ?? []), configuration]);
  }
  return [...groups.values()];
}
