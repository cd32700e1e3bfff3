/** One range of bytes; several, or ones that cannot be read, are answered with the whole. */
export function parseRange(
  header: string,
  size: number,
): { readonly first: number; readonly last: number } | "unsatisfiable" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  const [, from = "", to = ""] = match ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size || (from === "" && to === "0")) return "unsatisfiable";
  return start > end ? undefined : { first: start, last: end };
}
