import { overwrittenHeaders } from "../../../../rehearsal/cloud/edge/rules";

const rule = (pattern: string, negate: boolean, value: string) => ({
  fileNames: [{ pattern, negate }],
  responseHeaders: { "Cache-Control": value },
});
const rules = [
  rule("\\.svg$", false, "svg"),
  rule("^logo", true, "not logo"),
  {
    fileNames: [...rule("x", false, "").fileNames, ...rule("y", false, "").fileNames],
    responseHeaders: { A: "b" },
  },
];

test.each([
  ["/a/logo.svg?x=.png", { "cache-control": "svg" }],
  ["/logo/shirt.svg", { "cache-control": "not logo" }],
  ["/logo.png", {}],
  ["/", { "cache-control": "not logo" }],
  ["/logo.xy", { a: "b" }],
  ["/logo.x", {}],
])("%s: every condition counts, and of two rules the later", (url, headers) => {
  expect(overwrittenHeaders(rules, url)).toEqual(headers);
});
