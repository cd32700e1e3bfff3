import type { EdgeCounts } from "../contracts";

/** Requests by host name. */
export class Counters {
  private readonly hosts = new Map<string, { requests: number; fromCache: number; failed: number }>();

  /** One request was answered. */
  add(host: string, status: number, fromCache: boolean): void {
    const counts = this.hosts.get(host) ?? { requests: 0, fromCache: 0, failed: 0 };
    counts.requests += 1;
    if (fromCache) counts.fromCache += 1;
    if (status >= 500) counts.failed += 1;
    this.hosts.set(host, counts);
  }

  all(): Readonly<Record<string, EdgeCounts>> {
    return Object.fromEntries([...this.hosts].map(([host, counts]) => [host, { ...counts }]));
  }
}
