import { standbyProves } from "../../settings/standby/proof";
import { faultsOf, parseExample as parse } from "./standby-example";

const own = { primaryHost: undefined, primaryStack: "organization/warm-standby/primary" };

test("the primary by its stack, in place of its host", () => {
  expect(parse(own)).toMatchObject(own);
});

test.each([
  [{}, true],
  [{ publicProof: "standby" }, true],
  [own, false],
  [{ ...own, publicProof: "primary" }, false],
  [{ ...own, publicProof: "standby" }, true],
] as const)("%j: declares the proof of the public name itself: %s", (changes, itself) => {
  expect(standbyProves(parse(changes))).toBe(itself);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "two primaries",
    { primaryStack: "organization/warm-standby/primary" },
    "warm-standby:primaryStack is set beside primaryHost; allowed: one of the two. Fix: pulumi config rm primaryHost --stack standby, or pulumi config rm primaryStack --stack standby",
  ],
  [
    "no primary",
    { primaryHost: undefined },
    "warm-standby:primaryHost is not set; allowed: the primary's host name, in lower case and without a trailing dot, or primaryStack in its place. Fix: pulumi config set primaryHost shared.host.example --stack standby",
  ],
  [
    "the short name of the primary's stack",
    { primaryHost: undefined, primaryStack: "primary" },
    "warm-standby:primaryStack is 'primary'; allowed: organization/project/stack. Fix: pulumi config set primaryStack organization/warm-standby/primary --stack standby",
  ],
  [
    "a database that the primary's stack knows",
    { ...own, primaryDatabaseUrl: "postgres://u:p@h/d" },
    "warm-standby:primaryDatabaseUrl has no effect beside primaryStack, whose stack says it. Fix: pulumi config rm primaryDatabaseUrl --stack standby",
  ],
  [
    "a proof that nobody would declare",
    { publicProof: "primary" },
    "warm-standby:publicProof is 'primary', and primaryStack is not set; allowed: standby, or none. Fix: pulumi config rm publicProof --stack standby",
  ],
  [
    "a proof by a stack that has no app",
    { publicProof: "prod" },
    "warm-standby:publicProof is 'prod'; allowed: primary or standby. Fix: pulumi config set publicProof standby --stack standby",
  ],
])("refused: %s", (_title, changes, fault) => {
  expect(faultsOf(() => parse(changes))).toEqual([fault]);
});
