/** What a shirt can be made of. Pictures are named after these. */
export const fabrics = {
  "oxford-blue": { name: "Oxford, blue", cents: 8_500, ground: "#a9c1dd", weave: "#7f9fc6" },
  "oxford-white": { name: "Oxford, white", cents: 8_500, ground: "#f4f4f0", weave: "#dcdcd4" },
  "poplin-lilac": { name: "Poplin, lilac", cents: 7_900, ground: "#d7cbe6", weave: "#bda9d4" },
  "poplin-white": { name: "Poplin, white", cents: 7_500, ground: "#fafafa", weave: "#e8e8e8" },
  "twill-navy": { name: "Twill, navy", cents: 9_400, ground: "#27375a", weave: "#1b2742" },
  "twill-grey": { name: "Twill, grey", cents: 9_400, ground: "#b5b8bd", weave: "#9a9ea5" },
  "stripe-red": { name: "Bengal stripe, red", cents: 9_900, ground: "#f7efef", weave: "#b6433f" },
  "stripe-green": { name: "Bengal stripe, green", cents: 9_900, ground: "#eff5ef", weave: "#3f7f52" },
  "gingham-blue": { name: "Gingham, blue", cents: 8_900, ground: "#eef3fa", weave: "#4a74b4" },
  "gingham-black": { name: "Gingham, black", cents: 8_900, ground: "#f2f2f2", weave: "#333333" },
  "linen-sand": { name: "Linen, sand", cents: 10_500, ground: "#e4d8bf", weave: "#cdbd9b" },
  "denim-indigo": { name: "Denim, indigo", cents: 9_700, ground: "#41557d", weave: "#2f4063" },
} as const;
export const collars = ["spread", "button-down", "cutaway", "band"] as const;
export const cuffs = ["barrel", "french", "mitred"] as const;
export const sizes = ["S", "M", "L", "XL", "made to measure"] as const;

export type Fabric = keyof typeof fabrics;
export type Collar = (typeof collars)[number];
export type Cuff = (typeof cuffs)[number];

export const fabricKeys = Object.keys(fabrics) as [Fabric, ...Fabric[]];

/** The price of one shirt in cents. A French cuff takes more cloth. */
export function unitCents(fabric: Fabric, cuff: Cuff): number {
  return fabrics[fabric].cents + (cuff === "french" ? 900 : 0);
}
