import { z } from "zod";
import { leaf } from "../leaf";

export type Size = "warm" | "surge";

/** How large everything stands; what each size means is derived from the forecast. */
export const sizeSettings = {
  size: leaf<Size>(
    z.enum(["warm", "surge"]),
    {
      allowed: "warm or surge",
      example: "warm",
      why: "warm: the cheapest that is really ready. surge: what the forecast needs. Changed in place.",
    },
    "warm",
  ),
};
