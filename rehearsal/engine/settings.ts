import { readFile, rename, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { usage } from "../../operations/fault";

/** A config value that must be encrypted. */
export class Secret {
  constructor(readonly value: string) {}
}

export type ConfigValue =
  | string
  | number
  | boolean
  | Secret
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue | undefined };

/** A secret's place in the stack's config: `project:key` or `project:key.field[0]`. */
export interface SecretPlace {
  readonly path: string;
  readonly secret: Secret;
}

const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).optional() });

/**
 * Sets plain values in a stack's file (`Pulumi.<stack>.yaml`), leaving the rest of it as it is, and hands back the
 * secrets among them, which only the CLI can encrypt.
 *
 * @param values by key; a key without a namespace gets the project's; undefined removes the key
 */
export async function writeConfig(
  file: string,
  project: string,
  values: Readonly<Record<string, ConfigValue | undefined>>,
): Promise<SecretPlace[]> {
  const content = stackFile.parse(parse(await readFile(file, "utf8").catch(() => "")) ?? {});
  const config: Record<string, unknown> = { ...content.config };
  const secrets: SecretPlace[] = [];
  for (const [given, value] of Object.entries(values)) {
    const key = given.includes(":") ? given : `${project}:${given}`;
    const plain = value === undefined ? undefined : withoutSecrets(key, value, secrets);
    // A secret of its own keeps its old value in the file until the CLI has replaced it.
    if (plain !== undefined) config[key] = plain;
    else if (value === undefined) Reflect.deleteProperty(config, key);
  }
  const next = `${file}.next`;
  await writeFile(next, stringify({ ...content, config }), { mode: 0o600 });
  await rename(next, file);
  return secrets;
}

function withoutSecrets(place: string, value: ConfigValue, secrets: SecretPlace[]): unknown {
  if (value instanceof Secret) {
    if (value.value.endsWith("\n"))
      throw usage(
        `config ${place}: a secret must not end with a line break, which the Pulumi CLI would drop`,
      );
    secrets.push({ path: place, secret: value });
    return undefined;
  }
  if (Array.isArray(value))
    return value.map(
      (item: ConfigValue, index) => withoutSecrets(`${place}[${String(index)}]`, item, secrets) ?? "",
    );
  if (typeof value !== "object") return value;
  const fields = Object.entries(value).flatMap(([name, item]: [string, ConfigValue | undefined]) => {
    const plain = item === undefined ? undefined : withoutSecrets(`${place}.${name}`, item, secrets);
    return plain === undefined ? [] : [[name, plain]];
  });
  return Object.fromEntries(fields);
}
