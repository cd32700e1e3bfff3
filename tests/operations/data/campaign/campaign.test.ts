/** Thousands of random schemas and days, each reconciled on a real server and judged by a plain oracle. */
import fc from "fast-check";
import { describeServers } from "../../../support/servers";
import { dayOf, play } from "./case";
import { closePooled } from "./pooled";
import { openSite } from "./sites";

jest.mock("../../../../operations/data/engines", () => ({
  openDatabase: (...args: Parameters<typeof import("./pooled").openDatabase>) =>
    jest.requireActual<typeof import("./pooled")>("./pooled").openDatabase(...args),
}));

/** `npm run test:campaign` asks for more, and wants to see how far it has come. */
const long = process.env["CAMPAIGN"] !== undefined;
const cases = long ? { postgres: 8000, mysql: 2000 } : { postgres: 1600, mysql: 400 };
/** The campaign's days are new ones each time; those of `npm test` are the same, so that a change meets what main did. */
const seedOf = (): number => Number(process.env["SEED"] ?? (long ? Date.now() % 0x7fffffff : 20100519));
/** Cases that are played at the same time, each on two databases of its own: while one waits, another thinks. */
const lanes = 4;

const kinds = [
  "changed-both",
  "delete-has-dependents",
  "deleted-source-changed-target",
  "deleted-target-changed-source",
  "held",
  "id-collision",
  "missing-parent",
  "rows brought",
  "rows shared",
  "unique",
  "rows doubtful",
  "rows in sets",
];

describeServers("campaign", ({ engine, start }) => {
  const server = start();

  test("whatever two sites did in whatever schema: what the table says happens, once", async () => {
    const seed = seedOf();
    const count = Number(process.env["CASES"] ?? cases[engine]);
    const tally = new Map<string, number>();
    let played = 0;
    const lane = async (number: number): Promise<void> => {
      const sites = {
        primary: await openSite[engine](await server.database()),
        standby: await openSite[engine](await server.database()),
      };
      try {
        await fc.assert(
          fc.asyncProperty(dayOf, async (day) => {
            await play(engine, sites, day, tally);
            if (long && ++played % 100 === 0)
              process.stderr.write(`${engine}: ${played} of ${count} (seed ${seed})\n`);
          }),
          { numRuns: Math.ceil(count / lanes), seed: seed + number },
        );
      } finally {
        await sites.primary.end();
        await sites.standby.end();
      }
    };
    try {
      const ends = await Promise.allSettled(Array.from({ length: lanes }, (_, at) => lane(at)));
      for (const one of ends) if (one.status === "rejected") throw one.reason;
      if (long) process.stderr.write(`${engine}: ${JSON.stringify(Object.fromEntries(tally))}\n`);
      // So many cases meet every kind there is, and rows held with them.
      if (count >= 400) expect([...tally.keys()].sort()).toEqual([...kinds].sort());
    } finally {
      await closePooled();
    }
  }, 3_600_000);
});
