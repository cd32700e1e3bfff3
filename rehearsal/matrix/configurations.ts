import { cover, pairsOf, product, valuesOf } from "./pairs";

/** What a deployment can differ in, and the values of each: every combination has to stand. */
export const dimensions = {
  engine: ["postgres", "sqlserver", "mysql"],
  /** Who issues the certificate of the names at the edge: Front Door, its owner into a vault, an ACME authority. */
  certificate: ["managed", "keyVault", "acme"],
  /** The primary: a host by name, one known only by its address, or our own on Azure. */
  primary: ["external", "address", "appService"],
  dns: ["dnsOnly", "proxied"],
  shop: ["open", "paused"],
} as const;

type Dimensions = typeof dimensions;

/**
 * One value of each dimension, and how the app sends mail: by SMTP as an Entra application, or by the SDK as its own
 * identity. The mail is no dimension: it is dealt out, so that each engine with each certificate meets both ways while
 * the shop is open and while it is closed.
 */
export type Choice = { readonly [Key in keyof Dimensions]: Dimensions[Key][number] } & {
  readonly mail: "smtp" | "identity";
};

/** One way to configure the stacks. */
export interface Configuration extends Choice {
  /** Its values, joined by hyphens: the name of its files. */
  readonly name: string;
}

const isOwn = ({ primary }: Pick<Choice, "primary">): boolean => primary === "appService";

function configured(choice: Omit<Choice, "mail">): Configuration {
  const { engine, certificate, primary, dns, shop } = choice;
  const dealt =
    dimensions.engine.indexOf(engine) +
    dimensions.certificate.indexOf(certificate) +
    Number(isOwn(choice)) +
    dimensions.shop.indexOf(shop);
  const mail = dealt % 2 === 0 ? "smtp" : "identity";
  return { ...choice, mail, name: [engine, certificate, primary, dns, shop, mail].join("-") };
}

/** Every configuration. */
export const configurations: readonly Configuration[] =
  product<Omit<Choice, "mail">>(dimensions).map(configured);

/** A configuration without its name, which is no value. */
const bare = ({ engine, certificate, primary, dns, shop, mail }: Choice): Choice => ({
  engine,
  certificate,
  primary,
  dns,
  shop,
  mail,
});

/** A few configurations in which every two values meet. */
export const pairs: readonly Configuration[] = cover(configurations, (each) => pairsOf(bare(each)));

/**
 * The fewest configurations in which every value is met, but for a primary of our own, which has a test of its own. The
 * tests play their lives, all but that of Azure SQL: each takes two minutes.
 */
export const values: readonly Configuration[] = cover(
  configurations.filter((each) => !isOwn(each)),
  (each) => valuesOf(bare(each)),
);

/** What a standby keeps for life: its data, its names' certificate, and whether it reads its primary from our own. */
export type LifeChoice = Pick<Choice, "engine" | "certificate"> & { readonly ownPrimary: boolean };
/** What a standby changes in place. */
export type StandingChoice = Pick<Choice, "shop" | "mail">;

/** Configurations that differ in `prod` alone: a standby stands still while they are played. */
export interface Standing {
  readonly choice: StandingChoice;
  readonly configurations: readonly Configuration[];
}

/** A standby from its making to its end. */
export interface Life {
  readonly choice: LifeChoice;
  /** In the order in which it is changed in place. */
  readonly standings: readonly Standing[];
}

/**
 * The fewest lives in which configurations can be played. Those of every other engine begin closed, so that over all of
 * them each way to stand is made from nothing and in place.
 */
export function livesOf(all: readonly Configuration[]): readonly Life[] {
  const { engine, certificate } = dimensions;
  return product<LifeChoice>({ ownPrimary: [false, true], engine, certificate }).flatMap((choice) => {
    const shops = engine.indexOf(choice.engine) % 2 === 0 ? dimensions.shop : dimensions.shop.toReversed();
    const standings = shops.flatMap((shop) => {
      const fitting = all.filter(
        (each) =>
          each.engine === choice.engine &&
          each.certificate === choice.certificate &&
          isOwn(each) === choice.ownPrimary &&
          each.shop === shop,
      );
      const [first] = fitting;
      return first === undefined ? [] : [{ choice: { shop, mail: first.mail }, configurations: fitting }];
    });
    return standings.length === 0 ? [] : [{ choice, standings }];
  });
}
