/** The path at which a site answers 200 when it and its database work. Imports nothing, so that anything may use it. */
export const healthPath = "/healthz";
