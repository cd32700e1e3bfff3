import { CloudFault } from "../fault";
import type { Pace } from "../pace";
import type { HostedApi } from "./json-server";

/** An API that answers 429 with `Retry-After` (seconds) for as many calls as its cloud was told to. */
export function throttling({ api, fault }: HostedApi, pace: Pick<Pace, "throttled">): HostedApi {
  return {
    api: (request) => {
      if (!pace.throttled()) return api(request);
      throw new CloudFault(429, "TooManyRequests", "Too many requests; try again later.");
    },
    fault: (given) => ({
      ...fault(given),
      ...(given.status === 429 ? { headers: { "retry-after": "1" } } : {}),
    }),
  };
}
