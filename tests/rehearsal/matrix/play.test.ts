import { Operator } from "../../../rehearsal/day/operator";
import type { Stack } from "../../../rehearsal/engine/stack";
import { livesOf, values, type LifeChoice } from "../../../rehearsal/matrix/configurations";
import { holdAgainstTypes } from "../../../rehearsal/matrix/export";
import { play } from "../../../rehearsal/matrix/play";
import { sessionSecret } from "../../../rehearsal/matrix/setup";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import { openStage, type Stage } from "../../../rehearsal/stage";
import { closeAndOpen } from "./pausing";
import { renewAcme, renewManaged } from "./renewals";
import { judgeStanding } from "./ruling";

const lives = livesOf(values);

type WhileStanding = (stage: Stage, operator: Operator, standby: Stack) => Promise<void>;

/**
 * The whole life of all stacks on the real engine: up, no difference, flip, flip back, down to nothing. Whatever else
 * wants a standby that stands is shown on the same one: making it takes longest.
 */
async function live(engine: LifeChoice["engine"], whileStanding?: WhileStanding): Promise<void> {
  const life = lives.find(({ choice }) => choice.engine === engine);
  if (life === undefined) throw new Error(`no life has ${engine}`);
  const shown = await withCleanup(async (scope) => {
    const clock = { startedAt: Date.now(), speed: 60 };
    const stage = await openStage(scope, { clock, keep: false, say: () => undefined });
    const operator = new Operator(stage.workspace.env, stage.workspace.folder, scope.signal);
    return play(scope, stage, life, {
      whileStanding: async (standby) => whileStanding?.(stage, operator, standby),
    });
  });
  expect(shown).toHaveLength(life.standings.flatMap(({ configurations }) => configurations).length);
  for (const { exported, resources } of shown) {
    expect(resources).toBeGreaterThan(100);
    const text = JSON.stringify(exported);
    expect(text).not.toContain(sessionSecret);
    expect(text).not.toContain("PRIVATE KEY");
    for (const state of Object.values(exported)) expect(holdAgainstTypes(state).faults).toEqual([]);
  }
}

// The second of them is left to `npm run matrix`: each life takes two minutes.
test("every value is met in three lives", () => {
  expect(lives.map(({ choice }) => choice)).toEqual([
    { engine: "postgres", certificate: "managed", ownPrimary: false },
    { engine: "sqlserver", certificate: "keyVault", ownPrimary: false },
    { engine: "mysql", certificate: "acme", ownPrimary: false },
  ]);
});

test("PostgreSQL, managed certificates: a whole life, judged by every rule, its shop closed and opened, a certificate renewed", async () => {
  await live("postgres", async (stage, operator, standby) => {
    await judgeStanding(stage, standby);
    await closeAndOpen(stage, standby, operator);
    await renewManaged(stage, operator);
  });
}, 600_000);

test("MySQL, an ACME authority: a whole life, the certificate issued at the first up, and anew by the command", async () => {
  await live("mysql", renewAcme);
}, 600_000);
