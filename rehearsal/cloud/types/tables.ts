import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const reference = z
  .object({ $ref: z.string().regex(/^#\/\d+$/) })
  .transform(({ $ref }) => Number($ref.slice(2)));
const property = z.object({ type: reference, flags: z.number() });
const properties = z.record(z.string(), property);

const typeSchema = z.discriminatedUnion("$type", [
  z.object({
    $type: z.literal("StringType"),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    pattern: z.string().optional(),
  }),
  z.object({ $type: z.literal("StringLiteralType"), value: z.string() }),
  z.object({
    $type: z.literal("IntegerType"),
    minValue: z.number().optional(),
    maxValue: z.number().optional(),
  }),
  z.object({ $type: z.literal("BooleanType") }),
  z.object({ $type: z.literal("AnyType") }),
  z.object({ $type: z.literal("UnionType"), elements: z.array(reference) }),
  z.object({
    $type: z.literal("ArrayType"),
    itemType: reference,
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
  }),
  z.object({
    $type: z.literal("ObjectType"),
    name: z.string(),
    properties,
    additionalProperties: reference.optional(),
  }),
  z.object({
    $type: z.literal("DiscriminatedObjectType"),
    name: z.string(),
    discriminator: z.string(),
    baseProperties: properties,
    elements: z.record(z.string(), reference),
  }),
]);

const fileSchema = z.object({ type: z.string(), table: z.array(typeSchema).min(1) });

export type AzureType = z.infer<typeof typeSchema>;
export type AzureProperty = z.infer<typeof property>;
export type AzureProperties = Readonly<Record<string, AzureProperty>>;
export type ObjectLike = Extract<AzureType, { $type: "ObjectType" | "DiscriminatedObjectType" }>;

/** Azure's published description of one resource type: types that refer to each other by index. */
export class TypeTable {
  constructor(
    /** Such as `Microsoft.Web/sites@2025-03-01`. */
    readonly name: string,
    private readonly types: readonly AzureType[],
  ) {}

  at(index: number): AzureType {
    const type = this.types[index];
    if (type === undefined) throw new Error(`${this.name} refers to type #/${index}, which it does not hold`);
    return type;
  }

  get version(): string {
    return this.name.split("@")[1] ?? "";
  }

  /** The resource itself. */
  get body(): ObjectLike {
    const body = this.at(0);
    if (body.$type !== "ObjectType" && body.$type !== "DiscriminatedObjectType")
      throw new Error(`${this.name} does not begin with an object`);
    return body;
  }
}

const loaded = new Map<string, TypeTable>();

/**
 * Reads Azure's published types of one resource type.
 *
 * @param armType such as `Microsoft.Web/sites`.
 */
export function typeTable(armType: string): TypeTable {
  const known = loaded.get(armType);
  if (known !== undefined) return known;
  const file = path.join(__dirname, `${armType.replaceAll("/", "_")}.json`);
  const { type, table } = fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const read = new TypeTable(type, table);
  loaded.set(armType, read);
  return read;
}
