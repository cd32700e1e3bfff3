import type { AddCommand } from "../cli";
import { addCheck } from "./check";
import { addCutover } from "./cutover";
import { addImages } from "./images";

/** Every command of the line, in the order in which `--help` lists them. */
export const commands: readonly AddCommand[] = [
  addCheck,
  addCutover,
  addImages,
];
