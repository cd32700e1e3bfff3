/**
 * A text as a TXT record's content: Cloudflare's API wants it in quotation marks (developers.cloudflare.com/api, DNS
 * records, TXT), and marks records without them as faulty.
 */
export const quoted = (text: string): string => `"${text}"`;
