import { setImmediate } from "node:timers/promises";

/**
 * Lets what is declared so far go to the engine, before more is: while this program makes the next resources, the engine
 * looks at these, and the process that serves the dynamic ones starts. Without it nothing leaves before all is declared.
 */
export const turn = (): Promise<void> => setImmediate();
