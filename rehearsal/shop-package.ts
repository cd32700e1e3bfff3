import { writeFile } from "node:fs/promises";
import path from "node:path";
import { zipSync } from "fflate";

/**
 * Writes the zip package of the story's shop: a `server.js` that runs the shop as it lies in this project.
 * @param file absolute path
 */
export async function writeShopPackage(file: string): Promise<void> {
  const modules = [require.resolve("tsx/cjs"), path.join(__dirname, "shop", "main.ts")];
  const server = modules.map((module) => `require(${JSON.stringify(module)});\n`).join("");
  await writeFile(file, zipSync({ "server.js": new TextEncoder().encode(server) }));
}
