import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";

/** What a rule's parameters are made of, as JSON Schema spells it. */
const kind = z.strictObject({
  type: z.enum(["string", "number", "integer", "boolean"]),
  minimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  exclusiveMinimum: z.number().exactOptional(),
  minLength: z.number().exactOptional(),
  pattern: z.string().exactOptional(),
});
const parameter = z.union([
  kind.extend({
    description: z.string(),
    default: z.union([z.string(), z.number(), z.boolean()]).exactOptional(),
  }),
  z.strictObject({
    type: z.literal("array"),
    items: kind,
    minItems: z.number().exactOptional(),
    description: z.string(),
    default: z.array(z.union([z.string(), z.number()])).exactOptional(),
  }),
]);
const parameters = z.object({ properties: z.record(z.string(), parameter) });

/**
 * Parameters as the engine shows and checks them, before any rule runs.
 * @throws ZodError for a parameter without a description, or of a kind that the engine's schema does not know
 */
export function configSchemaOf(schema: z.ZodObject): PolicyConfigSchema {
  return parameters.parse(z.toJSONSchema(schema, { io: "input" }));
}
