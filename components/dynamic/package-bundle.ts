import { copyFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Kept } from "../../bin/kept.cjs";

/** This project's folder, wherever Pulumi was started. */
const project = path.join(__dirname, "../..");
/** What shapes a package besides the modules in it. */
const makers = [__filename, path.join(project, "package-lock.json"), path.join(project, "tsconfig.json")];

/**
 * One `main.js` of a module of this project and all that it imports, zipped; the same bytes for the same sources. Made
 * anew only once one of them has changed: each preview asks for it, to say whether there is something to upload.
 *
 * @param entry path of the module from the project's folder
 * @param to the zip's path
 * @returns `to`
 * @throws Error what is wrong with the module
 */
export async function bundle(entry: string, to: string): Promise<string> {
  const kept = Kept.of(project, path.resolve(project, entry), "package of");
  const copied =
    kept?.find() !== undefined &&
    (await copyFile(kept.beside("zip"), to).then(
      () => true,
      () => false,
    ));
  if (!copied) {
    const { inputs, zip } = await make(entry);
    kept?.keep([...makers, ...inputs], {}, { zip });
    await writeFile(to, zip);
  }
  return to;
}

async function make(entry: string): Promise<{ inputs: string[]; zip: Uint8Array }> {
  const [{ build }, { zipSync }] = await Promise.all([import("esbuild"), import("fflate")]);
  const built = await build({
    entryPoints: [path.resolve(project, entry)],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Takes out comments, among them the paths of where the sources lie on this machine.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    outfile: "main.js",
    absWorkingDir: project,
    metafile: true,
    write: false,
    logLevel: "silent",
  }).catch((error: unknown) => {
    throw new Error(
      `package of ${entry} cannot be bundled: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const [main] = built.outputFiles;
  if (main === undefined) throw new Error(`package of ${entry}: its bundle is empty`);
  // A zip knows no time before 1980, and no time zone.
  const zip = zipSync({ "main.js": [main.contents, { mtime: new Date(1980, 0, 1) }] }, { level: 6 });
  return { inputs: Object.keys(built.metafile.inputs).map((each) => path.resolve(project, each)), zip };
}
