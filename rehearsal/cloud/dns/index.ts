export { DnsClient, DnsFailure, responseCode, type DnsClientOptions } from "./client";
export { ancestors, normalName } from "./names";
export { joinStrings } from "./records";
export { CachingResolver, type CachingResolverOptions, type Resolution } from "./resolver";
export { startNameServer, type NameServerOptions } from "./server";
