import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { Refusal } from "../refusal";

const largestBody = 64 * 1024;

/**
 * Reads a request's body, a form or JSON by its content type, and checks it.
 *
 * @throws Refusal 400 `bad-input` naming each field, 413 `too-large` beyond 64 KiB
 */
export async function readBody<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(decode(request.headers["content-type"] ?? "", await readText(request)));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  throw new Refusal(400, "bad-input", faults.join("; "));
}

/** The value of one cookie, or undefined. */
export function cookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
}

/** Whether the client is a program that reads JSON, as against a browser showing pages. */
export function wantsJson(request: IncomingMessage): boolean {
  return (request.headers.accept ?? "").includes("application/json");
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largestBody) throw new Refusal(413, "too-large", "This is more than we can read.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function decode(contentType: string, text: string): unknown {
  if (!contentType.startsWith("application/json")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "bad-input", "body: not valid JSON");
  }
}
