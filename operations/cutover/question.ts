import { createInterface } from "node:readline/promises";
import { interrupted, usage } from "../fault";

/** @throws Fault (2) where nobody sits at the terminal to be asked. */
export function demandSomeoneToAsk(yes: boolean): void {
  if (!yes && !process.stdin.isTTY)
    throw usage(
      "nobody can be asked here (stdin is not a terminal); add --yes to cut over without a question",
    );
}

/** Asks on stderr, so that stdout stays the result's. @throws Fault (130) on anything but yes. */
export async function confirm(question: string): Promise<void> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  prompt.once("SIGINT", () => stopped.abort());
  try {
    const answer = await prompt.question(`${question} [yes/no] `, { signal: stopped.signal });
    if (answer.trim().toLowerCase() === "yes") return;
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
  } finally {
    prompt.close();
  }
  throw interrupted("not confirmed; nothing was changed");
}
