import type { AddCommand } from "../command";
import { addAdopt } from "./adopt";
import { addCertificate } from "./certificate";
import { addCheck } from "./check";
import { addCost } from "./cost";
import { addCutover } from "./cutover";
import { addDrill } from "./drill";
import { addGitHub } from "./github";
import { addIdentities } from "./identities";
import { addImages } from "./images";
import { addPause, addResume } from "./pause";
import { addMail } from "./mail";
import { addReconcile } from "./reconcile";
import { addReview } from "./review";
import { addRunbook } from "./runbook";
import { addSync } from "./sync";
import { addUploads } from "./uploads";
import { addWatch } from "./watch";

/** Every command of the line, in the order in which `--help` lists them. */
export const commands: readonly AddCommand[] = [
  addAdopt,
  addIdentities,
  addSync,
  addReconcile,
  addCheck,
  addCutover,
  addPause,
  addResume,
  addWatch,
  addImages,
  addMail,
  addReview,
  addRunbook,
  addCost,
  addCertificate,
  addUploads,
  addGitHub,
  addDrill,
];
