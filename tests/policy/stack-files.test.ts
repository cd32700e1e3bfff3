import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { rules } from "../../policy/rules";
import { parseProd } from "../../settings/prod";
import { parseStandby } from "../../settings/standby";
import { prod } from "../../stacks/prod";
import { standby } from "../../stacks/standby";
import { declaredBy } from "./declared-by";
import { judge, type Declared } from "./judge";

const root = path.join(__dirname, "../..");
const document = z.object({ config: z.record(z.string(), z.unknown()) });

/** A stack file's config as Pulumi hands it out: text, structured ones as JSON. */
const configOf = (stack: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(
      document.parse(parse(readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8"))).config,
    ).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );

/** The one secret that the file asks for. */
const sessionSecret = "signs-the-sessions-of-both-sites-0";

const broken = (declared: readonly Declared[]): readonly string[] =>
  rules.filter((rule) => judge(rule, declared).wrong.length > 0).map(({ name }) => name);

test("the stack files as they come keep every rule but the one that the project's own config of them makes advisory", async () => {
  const ofProd = await declaredBy("prod", () => prod(parseProd("prod", configOf("prod"), [])));
  expect(broken(ofProd)).toEqual([]);
  const ofStandby = await declaredBy("standby", () =>
    standby(parseStandby("standby", { ...configOf("standby"), sessionSecret }, [])),
  );
  // Azure grants 100 mails an hour at first: the forecast of 600 wants a ticket that is nobody's but the user's.
  expect(broken(ofStandby)).toEqual(["verified-mail"]);
  expect(JSON.parse(readFileSync(path.join(root, "policy-config.json"), "utf8"))).toEqual({
    "verified-mail": "advisory",
  });
});
