import type { AddCommand } from "../command";
import { addCheck } from "./check";
import { addCutover } from "./cutover";
import { addDrill } from "./drill";
import { addIdentities } from "./identities";
import { addImages } from "./images";
import { addReconcile } from "./reconcile";
import { addSync } from "./sync";
import { addWatch } from "./watch";

/** Every command of the line, in the order in which `--help` lists them. */
export const commands: readonly AddCommand[] = [
  addIdentities,
  addSync,
  addReconcile,
  addCheck,
  addCutover,
  addWatch,
  addImages,
  addDrill,
];
