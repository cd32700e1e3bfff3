import { z } from "zod";
import { usage } from "../fault";

/** Parses a command's options. @throws Fault (2) naming each option at fault, its value and what is allowed. */
export function parseOptions<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const values = z.record(z.string(), z.unknown()).catch({}).parse(given);
  throw usage(
    parsed.error.issues
      .map((issue) => {
        const name = String(issue.path[0] ?? "");
        const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
        return `${option} is ${JSON.stringify(values[name])}: ${issue.message}`;
      })
      .join("\n"),
  );
}
