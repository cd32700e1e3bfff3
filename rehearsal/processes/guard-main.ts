import { sweep } from "./leftovers";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the guard wants the run folder as its argument");

let said = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text: string) => (said += text));
// The other end is closed by its owner's release, or by its owner's end, however that came.
process.stdin.on("end", () => {
  if (said === "released\n") return;
  void sweep(folder).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => undefined);
