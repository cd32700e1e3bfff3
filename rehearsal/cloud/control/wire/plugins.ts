import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Writes the executables that the Pulumi engine starts as resource plugins: each prints the port of the provider
 * that already runs in the local cloud, as the engine expects of a plugin, and then only waits. It ends within a
 * second when the engine is gone, however that ended.
 *
 * @param folder made where missing; to be put first on the engine's PATH.
 * @param ports by package name, such as `azure-native`.
 */
export async function writePlugins(folder: string, ports: Readonly<Record<string, number>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    Object.entries(ports).map(async ([name, port]) => {
      const file = path.join(folder, `pulumi-resource-${name}`);
      await writeFile(
        file,
        [
          "#!/bin/sh",
          `# Leads the engine to the rehearsal's provider of ${name}.`,
          `echo ${port}`,
          'while kill -0 "$PPID" 2>/dev/null; do sleep 1; done',
          "",
        ].join("\n"),
      );
      await chmod(file, 0o755);
    }),
  );
}
