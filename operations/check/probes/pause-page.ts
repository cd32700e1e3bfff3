import { pauseHeader, pauseStates } from "../../../settings/pause-page";
import type { HttpsAnswer } from "./https";

/** Whether an answer is the pause page rather than one of the shop's own. */
export const isPausePage = ({ headers }: Pick<HttpsAnswer, "headers">): boolean =>
  headers[pauseHeader] === pauseStates.closed;
