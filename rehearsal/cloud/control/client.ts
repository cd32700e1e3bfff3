import { z } from "zod";
import { calls, type CallArguments, type CallName, type CallOutput } from "./calls";

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Asks the local cloud's control API, from the process that started the cloud. */
export class CloudControl {
  constructor(
    private readonly port: number,
    private readonly token: string,
  ) {}

  /** @throws Error with the cloud's own words where it refuses. */
  async call<Name extends CallName>(name: Name, input: CallArguments<Name>): Promise<CallOutput<Name>> {
    const response = await fetch(`http://127.0.0.1:${this.port}/${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    const body: unknown = await response.json();
    if (!response.ok) {
      const { success, data } = refusal.safeParse(body);
      throw new Error(
        `the local cloud refused ${name}: ${success ? data.error.message : String(response.status)}`,
      );
    }
    // Parsed by this call's own schema.
    return calls[name].output.parse(body) as CallOutput<Name>;
  }
}
