import { judgeVersions, readVersion } from "../../../operations/check/checks/app-version";

test.each([
  ["1.0.0\n", { version: "1.0.0" }],
  ['{"version":"1.0.0","commit":"abc"}', { version: "1.0.0" }],
  ["<html>Not found</html>", { missing: "answers no text of one line and no JSON with version" }],
  ["", { missing: "answers no text of one line and no JSON with version" }],
])("%j", (body, said) => {
  expect(readVersion({ status: 200, body })).toEqual(said);
});
test("an answer other than 200 is none", () => {
  expect(readVersion({ status: 404, body: "1.0.0" })).toEqual({ missing: "answers 404" });
});

const deployed = { version: "1.0.0", hash: "0123456789ab" };
const tell = "let the app answer its version at /version, or set versionPath in the standby stack's config";

test.each([
  [{ version: "1.0.0" }, { version: "1.0.0" }, { status: "pass", found: "both run 1.0.0" }],
  [
    { version: "0.9.0" },
    { version: "1.0.0" },
    { status: "fail", found: "the primary runs 0.9.0, the standby 1.0.0" },
  ],
  [
    { version: "0.9.0" },
    { version: "0.9.0" },
    {
      status: "warn",
      found: "both run 0.9.0, but 1.0.0 or 0123456789ab was deployed",
      fix: "run `pulumi up` on the standby stack, or look at the web app's log: it may have fallen back",
    },
  ],
  [
    { missing: "answers 404" },
    { version: "1.0.0" },
    { status: "warn", found: "the standby runs 1.0.0; the primary answers 404 at /version", fix: tell },
  ],
  [
    { version: "1.0.0" },
    { missing: "answers 404" },
    { status: "warn", found: "the standby answers 404 at /version", fix: tell },
  ],
])("primary %j, standby %j", (primary, standby, look) => {
  expect(judgeVersions(primary, standby, deployed, "/version")).toEqual(look);
});

test("where nothing tells what was deployed, the sites alone are held against each other", () => {
  const said = { version: "abc" };
  expect(judgeVersions(said, said, { version: undefined, hash: undefined }, "/version").status).toBe("pass");
});
