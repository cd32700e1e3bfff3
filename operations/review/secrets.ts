import { secretName, secretText, vaultReference } from "../../policy/secret-looks";
import { types } from "../../policy/resource-types";
import { unknownText } from "../../policy/unknown";
import type { Preview, Violation } from "./preview";

const rule = "no-plain-secrets";

/** Names that tell where a secret is, and hold none. */
const placeName = /(Id|Uri|Url|Name|Kind|Path|Expires)$/;

/**
 * Secrets that lie open in a stack's config, outputs or resources. A policy cannot tell a secret output from a plain one,
 * which reach it alike; a preview shows the one as `[secret]`. Values are never shown.
 */
export function plainSecrets({ stack, config, changes }: Preview): readonly Violation[] {
  const found = (resource: string | undefined, where: string, fix: string): Violation => ({
    rule,
    level: "mandatory",
    resource,
    message: `${where} of the stack ${stack} stands there in plain text, and is called or looks like a secret. Fix: ${fix}. See docs/policies.md#${rule}.`,
  });
  const root = changes.find(({ type }) => type === types.stack);
  return [
    ...Object.entries(config).flatMap(([key, value]) =>
      openIn(key.slice(key.indexOf(":") + 1), fromConfig(value), true).map((path) =>
        found(
          undefined,
          `config ${path}`,
          `pulumi config set --secret${path.includes(".") ? " --path" : ""} ${path} --stack ${stack}, and change the secret, which has been seen`,
        ),
      ),
    ),
    ...openIn("", root?.after?.outputs ?? {}, true).map((path) =>
      found(
        undefined,
        `output ${path}`,
        "wrap it in pulumi.secret, and change the secret, which has been seen",
      ),
    ),
    ...changes
      .filter(({ type }) => type !== types.stack)
      .flatMap(({ name, after }) =>
        openIn("", after?.inputs ?? {}, false).map((path) =>
          found(
            name,
            `${path} of ${name}`,
            "wrap it in pulumi.secret, or put it into the vault and refer to it",
          ),
        ),
      ),
  ];
}

/** Config holds objects as JSON. */
function fromConfig(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Paths of what is open. @param byName whether a name alone gives it away */
function openIn(path: string, value: unknown, byName: boolean): readonly string[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) =>
      openIn(path === "" ? key : `${path}.${key}`, item, byName),
    );
  if (typeof value !== "string" || ["", "[secret]", unknownText].includes(value)) return [];
  if (value.startsWith(vaultReference)) return [];
  const name = path.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "";
  return secretText.test(value) || (byName && secretName.test(name) && !placeName.test(name)) ? [path] : [];
}
