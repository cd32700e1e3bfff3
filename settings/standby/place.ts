import { z } from "zod";
import { leaf } from "../leaf";

/** Where the standby stands. */
export const placeSettings = {
  location: leaf(
    z.string().regex(/^[a-z0-9]+$/),
    {
      allowed: "an Azure region's short name",
      example: "westeurope",
      why: "Where the standby stands; not where the primary does.",
    },
    "westeurope",
  ),
};
