import type { AddCommand } from "../cli";

/** Every command of the line, in the order in which `--help` lists them. */
export const commands: readonly AddCommand[] = [];
