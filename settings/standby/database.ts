import { z } from "zod";
import { ipv4, leaf } from "../leaf";

export type DatabaseEngine = "sqlserver" | "postgres";

/** The database, and who may reach it beside the app. */
export const databaseSettings = {
  databaseEngine: leaf<DatabaseEngine>(
    z.enum(["sqlserver", "postgres"]),
    { allowed: "sqlserver or postgres", example: "postgres", why: "The primary's own engine." },
    "postgres",
  ),
  operatorAddresses: z
    .array(
      leaf(
        // 0.0.0.0 would admit every Azure tenant.
        ipv4.refine((address) => address !== "0.0.0.0"),
        {
          allowed: "one IPv4 address, not 0.0.0.0",
          example: "203.0.113.20",
          why: "From where the database and the app's deployment site may be reached beside the private network. None: from nowhere.",
        },
      ),
    )
    .readonly()
    .default([]),
};
