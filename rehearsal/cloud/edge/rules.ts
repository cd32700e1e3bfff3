import type { EdgeRule } from "../contracts";

/** The response headers that a route's rules overwrite for a request, by lower-case name; of two rules the later wins. */
export function overwrittenHeaders(
  rules: readonly EdgeRule[],
  url: string,
): Readonly<Record<string, string>> {
  const file = url.split("?", 1)[0]?.split("/").at(-1) ?? "";
  return Object.fromEntries(
    rules
      .filter(({ fileNames }) =>
        fileNames.every(({ pattern, negate }) => new RegExp(pattern).test(file) !== negate),
      )
      .flatMap(({ responseHeaders }) =>
        Object.entries(responseHeaders).map(([name, value]) => [name.toLowerCase(), value] as const),
      ),
  );
}
