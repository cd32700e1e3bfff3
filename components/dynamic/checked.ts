import type { CheckResult } from "@pulumi/pulumi/dynamic";
import type { z } from "zod";

/** A dynamic provider's check: inputs as they are, and a failure for each that a schema refuses. */
export function checked(schema: z.ZodType, news: unknown): CheckResult {
  const issues = schema.safeParse(news).error?.issues ?? [];
  return {
    inputs: news,
    failures: issues.map(({ path, message }) => ({ property: path.join("."), reason: message })),
  };
}
