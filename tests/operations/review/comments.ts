import { reviewMarkdown } from "../../../operations/review/markdown";
import { readPreview } from "../../../operations/review/preview";
import { review, type Review } from "../../../operations/review/review";
import { recorded } from "./recorded";

const of = (stack: string, name: string) => readPreview(stack, recorded(name));

/** Reviews of what the real engine printed, by the names of the files that hold their comments. */
export const reviews: Readonly<Record<string, () => Review>> = {
  pass: () => review([of("prod", "prod-same"), of("standby", "standby-surge")], "cloud"),
  flip: () => review([of("prod", "prod-flip"), of("standby", "standby-same")], "cloud"),
  violation: () => review([of("prod", "prod-same"), of("standby", "standby-violation")], "cloud"),
  unsafe: () => review([of("prod", "prod-same"), of("standby", "standby-moved")], "cloud"),
  error: () => review([of("prod", "prod-same"), of("standby", "standby-refused")], "cloud"),
};

export const commentOf = (name: string): string => {
  const made = reviews[name]?.();
  if (made === undefined) throw new Error(`no review is called ${name}`);
  return reviewMarkdown(made, {
    project: "https://github.com/blank-label/shop/blob/HEAD",
    log: "https://github.com/blank-label/shop/actions/runs/42",
  });
};
