import http from "node:http";
import type { z } from "zod";
import type { ControlAddress } from "./server";

/**
 * Sends one command to a child process and reads its answer.
 *
 * @param within milliseconds to wait for the answer
 * @throws Error with the child's own words when it refuses, or when it cannot be reached
 */
export async function command<Schema extends z.ZodType>(
  address: ControlAddress,
  name: string,
  body: unknown,
  schema: Schema,
  within = 10_000,
): Promise<z.infer<Schema>> {
  const { status, text } = await post(address, name, JSON.stringify(body ?? null), within);
  if (status !== 200) throw new Error(`command ${name}: ${text}`);
  return schema.parse(JSON.parse(text));
}

function post(
  { port, token }: ControlAddress,
  name: string,
  body: string,
  within: number,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: "127.0.0.1",
        port,
        path: `/${name}`,
        method: "POST",
        agent: false,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(within),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.once("error", reject);
    request.end(body);
  });
}
