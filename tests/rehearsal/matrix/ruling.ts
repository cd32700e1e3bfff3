import { writeFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "../../../rehearsal/engine/command";
import { engineEvent, RunReader, type Violation } from "../../../rehearsal/engine/events";
import type { Stack } from "../../../rehearsal/engine/stack";
import { project, type Stage } from "../../../rehearsal/stage";
import { rules } from "../../../policy/rules";
import { broken, breaksOfProd, breaksOfStandby, packConfig, type Break } from "../../policy/broken";

/**
 * Every rule on the real engine: it takes both stacks as they stand, and finds in each what is broken of it, at the
 * resource where that is and nowhere else. A stack's state is judged as it is, with no program run and no provider asked
 * (`pulumi policy analyze`): seconds for all of them, where a preview for each would take minutes.
 */
export async function judgeStanding(stage: Stage, standby: Stack): Promise<void> {
  const prod = await stage.workspace.stack("prod");
  expect([...Object.keys(breaksOfProd), ...Object.keys(breaksOfStandby)].sort()).toEqual(
    rules.map(({ name }) => name).sort(),
  );
  for (const [stack, breaks] of [
    [prod, breaksOfProd],
    [standby, breaksOfStandby],
  ] as const) {
    const state = await stack.export();
    expect(await analyse(stage, state)).toEqual({ code: 0, violations: [] });
    const found = await analyse(stage, broken(state, breaks));
    expect(found.code).not.toBe(0);
    expect(pairs(found.violations)).toEqual(wanted(breaks));
  }
}

const wanted = (breaks: Readonly<Record<string, Break>>): readonly string[] =>
  Object.entries(breaks)
    .flatMap(([rule, { name, toldOf = [name] }]) => toldOf.map((told) => `${rule}: ${told}`))
    .sort();

const pairs = (violations: readonly Violation[]): readonly string[] => [
  ...new Set(
    violations.map(({ policy, urn = "" }) => `${policy}: ${urn.slice(urn.lastIndexOf("::") + 2)}`).sort(),
  ),
];

async function analyse(
  { workspace, engine, run }: Stage,
  state: unknown,
): Promise<{ readonly code: number | null; readonly violations: readonly Violation[] }> {
  const [file, config] = [path.join(run.path, "judged.json"), path.join(run.path, "judged-by.json")];
  await writeFile(file, JSON.stringify(state), { mode: 0o600 });
  await writeFile(config, JSON.stringify(packConfig));
  const reader = new RunReader();
  const { code } = await runCommand(engine.cli, {
    args: [
      "policy",
      "analyze",
      "--json",
      "--file",
      file,
      "--policy-pack",
      path.join(project, "policy"),
    ].concat(["--policy-pack-config", config]),
    cwd: workspace.folder,
    env: workspace.env,
    onLine: (line, stream) => {
      if (stream === "stdout" && line.startsWith("{")) reader.add(engineEvent.parse(JSON.parse(line)));
    },
  });
  return { code, violations: reader.result().violations };
}
