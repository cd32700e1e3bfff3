import { z } from "zod";
import { leaf, uuid } from "../leaf";

/** The images at the edge, and who may upload them. */
export const imageSettings = {
  operatorObjectIds: z
    .array(uuid("an Entra object id", "Who may upload images and files, by Entra object id."))
    .readonly()
    .default([]),
  operatorKind: leaf<"User" | "Group" | "ServicePrincipal">(
    z.enum(["User", "Group", "ServicePrincipal"]),
    {
      allowed: "User, Group or ServicePrincipal",
      example: "User",
      why: "What operatorObjectIds are: Azure refuses an id of another kind.",
    },
    "User",
  ),
  watchedImage: leaf(
    z.string().regex(/^\/[\w./-]+$/),
    {
      allowed: "the path of an image, starting with /",
      example: "/logo.svg",
      why: "An image that must load from outside, by its path below the image host.",
    },
    "/logo.svg",
  ),
};
