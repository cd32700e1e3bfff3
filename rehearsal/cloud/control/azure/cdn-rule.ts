import { z } from "zod";

/**
 * What Front Door's regular expressions do not have: lookarounds, capturing groups, back-references, atomic groups,
 * `\C`, `\R`, `\K`. Possessive quantifiers JavaScript refuses itself.
 */
const unsupported = /\((?!\?:)|\\[1-9CRK]/;

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return !unsupported.test(text);
  } catch {
    return false;
  }
}

const expression = z
  .string()
  .refine(
    isExpression,
    "a regular expression without capturing groups, lookarounds, back-references and possessive quantifiers is wanted",
  );

const condition = z.strictObject({
  name: z.literal("UrlFileName"),
  parameters: z.strictObject({
    typeName: z.literal("DeliveryRuleUrlFilenameConditionParameters"),
    operator: z.literal("RegEx"),
    negateCondition: z.boolean().default(false),
    // What a negated one of several means is nowhere said.
    matchValues: z.tuple([expression]),
  }),
});

const action = z.strictObject({
  name: z.literal("ModifyResponseHeader"),
  parameters: z.strictObject({
    typeName: z.literal("DeliveryRuleHeaderActionParameters"),
    headerAction: z.literal("Overwrite"),
    headerName: z.string(),
    value: z.string(),
  }),
});

/** What a rule has to be for the local edge to do exactly what Front Door would: all conditions count, in order. */
export const ruleSchema = z.object({
  order: z.number(),
  matchProcessingBehavior: z.literal("Continue").default("Continue"),
  conditions: z.array(condition).max(10).default([]),
  actions: z.array(action),
});
