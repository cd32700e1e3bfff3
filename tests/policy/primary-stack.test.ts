import { readFileSync } from "node:fs";
import path from "node:path";
import { cutoverRecord } from "../../policy/cutover-record";
import { identityOffsets } from "../../policy/identity-offsets";
import { imagesAtTheEdge } from "../../policy/images-at-the-edge";
import { noAutoPause } from "../../policy/no-auto-pause";
import { noOpenFirewall } from "../../policy/no-open-firewall";
import { types, type ResourceType } from "../../policy/resource-types";
import { tlsOnly } from "../../policy/tls-only";
import { verifiedMail } from "../../policy/verified-mail";
import { watchReachesAPerson } from "../../policy/watch-reaches-a-person";
import { good, judge, type Declared } from "./judge";

const known = new Set<string>(Object.values(types));
const isKnown = (type: string): type is ResourceType => known.has(type);

/** The stack `primary`, as tests/stacks holds it. */
const declared = Object.entries(
  JSON.parse(
    readFileSync(path.join(__dirname, "..", "stacks", "primary-resources.json"), "utf8"),
  ) as Readonly<Record<string, object>>,
).flatMap(([key, inputs]): Declared[] => {
  const [type = "", name = ""] = key.split(" ");
  return isKnown(type) ? [{ type, name, inputs, from: { serverName: ["database"] } }] : [];
});

test.each([
  cutoverRecord,
  noAutoPause,
  identityOffsets,
  tlsOnly,
  imagesAtTheEdge,
  verifiedMail,
  watchReachesAPerson,
  noOpenFirewall,
])("$name passes on the stack of a primary", (rule) => {
  expect(judge(rule, declared)).toEqual(good);
});
