/** How a key is set from the command line, for the end of a message. */
export function setCommand(
  path: readonly PropertyKey[],
  stack: string,
  value: string,
  secret = false,
): string {
  const key = path
    .map((part, depth) =>
      typeof part === "number" ? `[${String(part)}]` : `${depth > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
  const flags = `${path.length > 1 ? " --path" : ""}${secret ? " --secret" : ""}`;
  const quoted = /^[\w./:@-]+$/.test(key) ? key : `'${key}'`;
  const shown = secret ? "" : ` ${/^[\w./:@-]+$/.test(value) ? value : `'${value}'`}`;
  return `pulumi config set${flags} ${quoted}${shown} --stack ${stack}`;
}
