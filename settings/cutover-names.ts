/** What the records of stack `prod` say of themselves at Cloudflare: adopted ones say the same before Pulumi holds them. */
export const recordComments = {
  www: "Cutover record: moved by activeSite only",
  apex: "Constant: follows www",
  origin: "The primary, known only by its address",
} as const;

/** The environment variable with the reason for which a change of `activeSite` is let through once. */
export const forceVariable = "STANDBY_FORCE";

/** Letters that a reason has at the least. */
export const shortestReason = 10;
