import { judgeServed } from "../../../operations/check/probes/served-by";

const answer = (status: number, headers: Record<string, string>) => ({
  status,
  headers,
  body: "",
  milliseconds: 1,
});

test.each([
  [200, { "x-azure-ref": "r" }, "standby", false, "www is served by the standby"],
  [200, { "x-azure-ref": "r", "cf-ray": "1" }, "standby", true, "www is served by the standby"],
  [404, { "cf-ray": "1" }, "primary", true, "www is served by the primary"],
  [522, { "cf-ray": "1" }, undefined, true, "Cloudflare's proxy gets no page for www (error 522)"],
  [522, {}, "primary", false, "www is served by the primary"],
])("an answer %i with %j is of %s", (status, headers, site, proxied, words) => {
  expect(judgeServed("www", answer(status, headers))).toEqual({ site, proxied, words });
});
