import { z } from "zod";
import { flag, leaf, whole } from "../leaf";

/** Whether the shop sells, and what its visitors read while it does not. */
export const pauseSettings = {
  shopOpen: leaf(
    flag,
    {
      allowed: "true or false",
      example: "true",
      why: "false shows the pause page in place of the shop: one property of one route, the app and its database untouched. `standby pause` and `standby resume` set it.",
    },
    true,
  ),
  pauseTitle: leaf(
    z.string().trim().min(1).max(120),
    {
      allowed: "a text of 1 to 120 characters",
      example: "We will be right back",
      why: "Heading of the pause page.",
    },
    "We will be right back",
  ),
  pauseText: leaf(
    z.string().trim().min(1).max(2000),
    {
      allowed: "a text of 1 to 2000 characters",
      example: "The shop is closed for a few minutes.",
      why: "What the pause page says; an empty line begins a new paragraph.",
    },
    "More people are here than we can serve well, so the shop is closed for a short while. Orders that were confirmed by mail are safe. Please come back in a few minutes.",
  ),
  pauseLanguage: leaf(
    z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
    {
      allowed: "a language tag such as en or pt-BR",
      example: "en",
      why: "Language of the two texts, by which screen readers pronounce them.",
    },
    "en",
  ),
  pauseRetryAfter: leaf(
    whole(10, 86_400),
    {
      allowed: "a whole number of seconds from 10 to 86400",
      example: "600",
      unit: "seconds",
      why: "`Retry-After` of the pause page: when crawlers and programs ask again, so that none forgets the shop.",
    },
    600,
  ),
};
