import type { IncomingMessage, ServerResponse } from "node:http";
import { token } from "./azure";
import type { Site, World } from "./world";

const login = (request: IncomingMessage, response: ServerResponse): void => {
  const ok = request.url?.includes("/oauth2/v2.0/token?") === true;
  response.writeHead(ok ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(ok ? { token_type: "Bearer", expires_in: 3599, access_token: token } : {}));
};

/** Azure Resource Manager as far as one Front Door route goes, and the route itself. */
export class FakeRoute {
  /** `properties` as Azure holds them. */
  properties: Record<string, unknown> = {};
  /** What a put asked for, one a put. */
  readonly puts: unknown[] = [];
  /** Answers of Azure's in place of the usual one, each used once. */
  readonly refusals: { readonly status: number; readonly code: string; readonly headers?: object }[] = [];
  /** Called when a put has been carried out, and waited for before it is answered. */
  onPut: () => void | Promise<void> = () => undefined;

  static async serve(world: World, id: string): Promise<FakeRoute> {
    const route = new FakeRoute();
    await world.serve("login.microsoftonline.com", login);
    const arm: Site = await world.serve("management.azure.com", (request, response) => {
      void route.handle(request, response, id);
    });
    arm.present("*", await world.authority.issue(["management.azure.com"]));
    return route;
  }

  private async handle(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const answer = (status: number, body: unknown, headers: object = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) {
      const error = { code: refusal.code, message: `Azure said ${refusal.code}.` };
      answer(refusal.status, { error }, refusal.headers);
      return;
    }
    if (request.url?.split("?", 1)[0]?.toLowerCase() !== id.toLowerCase()) {
      answer(404, { error: { code: "ResourceNotFound", message: `${request.url ?? ""} was not found.` } });
      return;
    }
    if (request.method === "PUT") {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { properties: Record<string, unknown> };
      this.puts.push(body);
      this.properties = body.properties;
      await this.onPut();
    }
    answer(200, { id, name: "shop", properties: { provisioningState: "Succeeded", ...this.properties } });
  }
}
