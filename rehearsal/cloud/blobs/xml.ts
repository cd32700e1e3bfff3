/** Named, because the official SDK's parser leaves numeric references as they are. */
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text inside an element or attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** An element with text, left out where there is none. */
export function element(name: string, text: string | number | undefined): string {
  return text === undefined ? "" : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A blob's name: percent-encoded and marked so where XML cannot hold its characters. */
export function nameElement(name: string): string {
  return /[\u0000-\u001f\ufffe\uffff]/.test(name)
    ? `<Name Encoded="true">${encodeURIComponent(name)}</Name>`
    : element("Name", name);
}

/** One entry of a block list that is to be committed. */
export interface BlockReference {
  readonly from: "Committed" | "Latest" | "Uncommitted";
  /** Base64, as sent. */
  readonly id: string;
}

/** Reads the body of Put Block List; undefined where it is none. */
export function parseBlockList(xml: string): BlockReference[] | undefined {
  const list = /<BlockList\s*(?:\/>|>([\s\S]*)<\/BlockList>)\s*$/.exec(xml.trim());
  if (list === null) return undefined;
  const references: BlockReference[] = [];
  const rest = (list[1] ?? "").replace(
    /<(Committed|Latest|Uncommitted)>([^<]*)<\/\1>/g,
    (_whole, from: BlockReference["from"], id: string) => {
      references.push({ from, id: id.trim() });
      return "";
    },
  );
  return rest.trim() === "" ? references : undefined;
}
