import { collars, cuffs, fabricKeys, fabrics, type Collar, type Cuff, type Fabric } from "../catalogue";
import { encodePng } from "./png";

/** A picture of the shop before it has its immutable name. */
export interface Drawing {
  /** Its plain name, such as `fabric-oxford-blue`. */
  readonly name: string;
  readonly extension: "png" | "svg";
  readonly content: Buffer;
}

/** Every picture of the shop. The same bytes on every machine. */
export function drawAll(): Drawing[] {
  return [
    ...fabricKeys.map((key) => swatch(key)),
    ...fabricKeys.map((key) => shirt(key)),
    ...collars.map((collar) => svg(`collar-${collar}`, 160, 160, collarPath(collar))),
    ...cuffs.map((cuff) => svg(`cuff-${cuff}`, 160, 160, cuffPath(cuff))),
    ...threads.map((thread) => button(thread)),
    svg("hero", 640, 200, clothesLine()),
    svg("logo", 120, 120, shirtShape("#27375a", "#ffffff")),
  ];
}

const threads = [
  { name: "ivory", colour: "#efe9d9" },
  { name: "pearl", colour: "#eef0f2" },
  { name: "horn", colour: "#7a5c41" },
  { name: "navy", colour: "#22304f" },
  { name: "black", colour: "#26262a" },
  { name: "brass", colour: "#b08d3c" },
  { name: "rose", colour: "#c98a8a" },
  { name: "green", colour: "#4c7a5d" },
] as const;

const swatchSize = 96;

/** A piece of cloth, thread by thread. */
function swatch(key: Fabric): Drawing {
  const { ground, weave } = fabrics[key];
  const pattern = weaves[key.split("-")[0] ?? ""] ?? plain;
  return {
    name: `fabric-${key}`,
    extension: "png",
    content: encodePng(swatchSize, swatchSize, (x, y) => (pattern(x, y) ? 1 : 0), [ground, weave]),
  };
}

type Weave = (x: number, y: number) => boolean;
const plain: Weave = (x, y) => (x + y) % 2 === 0;
const weaves: Readonly<Record<string, Weave>> = {
  oxford: (x, y) => (Math.floor(x / 2) + Math.floor(y / 2)) % 2 === 0,
  poplin: plain,
  twill: (x, y) => (x + y) % 6 < 3,
  stripe: (x) => x % 12 < 4,
  gingham: (x, y) => (x % 16 < 8 ? 1 : 0) + (y % 16 < 8 ? 1 : 0) + ((x + y) % 2) > 1,
  linen: (x, y) => (x * 7 + y * 13 + ((x * y) % 5)) % 4 === 0,
  denim: (x, y) => (x + 2 * y) % 5 < 2,
};

function shirt(key: Fabric): Drawing {
  const { ground, weave } = fabrics[key];
  return svg(`shirt-${key}`, 160, 160, shirtShape(ground, weave));
}

function shirtShape(fill: string, line: string): string {
  return (
    `<path d="M50 25 L20 45 L32 75 L45 68 L45 140 L115 140 L115 68 L128 75 L140 45 L110 25 L80 42 Z" ` +
    `fill="${fill}" stroke="${line}" stroke-width="3" stroke-linejoin="round"/>` +
    `<path d="M80 42 V140" stroke="${line}" stroke-width="2"/>` +
    [60, 80, 100, 120].map((y) => `<circle cx="86" cy="${String(y)}" r="2.5" fill="${line}"/>`).join("")
  );
}

function collarPath(collar: Collar): string {
  const points: Readonly<Record<Collar, string>> = {
    spread: "M30 40 Q80 75 130 40 L115 105 L80 70 L45 105 Z",
    "button-down": "M40 40 Q80 70 120 40 L112 115 L80 70 L48 115 Z",
    cutaway: "M25 40 Q80 80 135 40 L135 90 L80 72 L25 90 Z",
    band: "M35 50 Q80 80 125 50 L125 70 Q80 100 35 70 Z",
  };
  return `<path d="${points[collar]}" fill="#f4f4f0" stroke="#27375a" stroke-width="3" stroke-linejoin="round"/>`;
}

function cuffPath(cuff: Cuff): string {
  const points: Readonly<Record<Cuff, string>> = {
    barrel: "M35 55 H125 V115 H35 Z",
    french: "M35 45 H125 V85 H35 Z M35 85 H125 V125 H35 Z",
    mitred: "M35 55 H125 V95 L105 115 H35 Z",
  };
  return `<path d="${points[cuff]}" fill="#f4f4f0" stroke="#27375a" stroke-width="3"/>`;
}

function button({ name, colour }: { name: string; colour: string }): Drawing {
  const holes = [
    [70, 70],
    [90, 70],
    [70, 90],
    [90, 90],
  ].map(([x, y]) => `<circle cx="${String(x)}" cy="${String(y)}" r="5" fill="#555"/>`);
  return svg(
    `button-${name}`,
    160,
    160,
    `<circle cx="80" cy="80" r="50" fill="${colour}" stroke="#555" stroke-width="3"/>${holes.join("")}`,
  );
}

function clothesLine(): string {
  const shirts = (["oxford-blue", "stripe-red", "poplin-lilac"] as const).map(
    (key, index) =>
      `<g transform="translate(${String(60 + index * 180)} 20)">` +
      `${shirtShape(fabrics[key].ground, fabrics[key].weave)}</g>`,
  );
  return `<rect width="640" height="200" fill="#eef1f4"/><path d="M0 40 H640" stroke="#888"/>${shirts.join("")}`;
}

function svg(name: string, width: number, height: number, content: string): Drawing {
  const box = `viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}"`;
  return {
    name,
    extension: "svg",
    content: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${box}>${content}</svg>\n`),
  };
}
