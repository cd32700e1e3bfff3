// Looks for an engine in a process of its own.
import { findEngine } from "../../../../rehearsal/engine/find";

const [launchers = ""] = process.argv.slice(2);
findEngine({ launchers, say: () => undefined }).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
