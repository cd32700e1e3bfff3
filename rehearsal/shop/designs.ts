import { z } from "zod";
import { collars, cuffs, fabricKeys, type Collar, type Cuff, type Fabric } from "./catalogue";
import { firstRow, type Queryable } from "./database";
import { Refusal } from "./refusal";

export const designSchema = z.object({
  name: z.string().trim().min(1).max(100),
  fabric: z.enum(fabricKeys),
  collar: z.enum(collars),
  cuff: z.enum(cuffs),
  /** The design of the gallery that this one started from. */
  basedOn: z.coerce.number().int().positive().optional(),
});

export interface Design {
  readonly id: number;
  readonly name: string;
  readonly fabric: Fabric;
  readonly collar: Collar;
  readonly cuff: Cuff;
  readonly basedOn: number | null;
}

const columns = `id, name, fabric, collar, cuff, based_on as "basedOn"`;

/** Saves a design. A `basedOn` that this site does not have is dropped: where it came from is no reason to fail. */
export async function createDesign(
  on: Queryable,
  customerId: string,
  given: z.infer<typeof designSchema>,
): Promise<number> {
  const row = await firstRow<{ id: number }>(
    on,
    `insert into designs (customer_id, based_on, name, fabric, collar, cuff)
     values ($1, (select id from designs where id = $2), $3, $4, $5, $6) returning id`,
    [customerId, given.basedOn ?? null, given.name, given.fabric, given.collar, given.cuff],
  );
  if (row === undefined) throw new Error("insert into designs returned no row");
  return row.id;
}

/** The newest designs of all, for the gallery. */
export async function newestDesigns(on: Queryable, count: number): Promise<Design[]> {
  return (
    await on.query<Design & Record<string, unknown>>(
      `select ${columns} from designs order by id desc limit $1`,
      [count],
    )
  ).rows;
}

/** @throws Refusal 404 `unknown-design` */
export async function findDesign(on: Queryable, id: number): Promise<Design> {
  const row = await firstRow<Design & Record<string, unknown>>(
    on,
    `select ${columns} from designs where id = $1`,
    [id],
  );
  if (row === undefined) throw new Refusal(404, "unknown-design", "We do not have this design.");
  return row;
}
