import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { parsePrimary } from "../../settings/primary";
import { parseProd } from "../../settings/prod";
import { parseStandby } from "../../settings/standby";

const file = z.object({ config: z.record(z.string(), z.unknown()) });
const shipped = (stack: string) =>
  file.parse(parse(readFileSync(path.join(__dirname, "../..", `Pulumi.${stack}.yaml`), "utf8"))).config;
const sessionSecret = "signs-the-sessions-of-both-sites-0";

test("the stack files that come with the project hold all but the secrets that they name", () => {
  expect(parseProd("prod", shipped("prod"), [])).toMatchObject({ activeSite: "primary", ttl: 60 });
  expect(parseStandby("standby", { ...shipped("standby"), sessionSecret }, [])).toMatchObject({
    size: "warm",
  });
  expect(parsePrimary("primary", { ...shipped("primary"), sessionSecret }, [])).toMatchObject({
    location: "northeurope",
    managedCertificate: false,
  });
});

test("both sites are shipped apart, on one engine, with one package", () => {
  const [primary, standby] = [shipped("primary"), shipped("standby")];
  expect(primary["location"]).not.toBe(standby["location"]);
  for (const key of ["domain", "zoneId", "databaseEngine", "appPackage", "appRuntime", "appStart"])
    expect([key, primary[key]]).toEqual([key, standby[key]]);
});
