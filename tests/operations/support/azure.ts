import type { IncomingMessage, ServerResponse } from "node:http";
import type { World } from "./world";

/** The variables by which the Azure SDKs sign in as an application. */
export const azureSignIn = {
  AZURE_TENANT_ID: "11111111-2222-4333-8444-555555555555",
  AZURE_CLIENT_ID: "51111111-2222-4333-8444-555555555555",
  AZURE_CLIENT_SECRET: "operator-secret",
} as const;

export const token = "an-access-token";

/** Entra's token endpoint and the one ARM call that the checks make. */
export async function serveAzure(world: World, states: () => Record<string, unknown>): Promise<void> {
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  await world.serve("login.microsoftonline.com", (request, response) => {
    if (request.method === "POST" && request.url?.includes("/oauth2/v2.0/token?") === true)
      json(response, 200, { token_type: "Bearer", expires_in: 3599, access_token: token });
    else json(response, 404, {});
  });
  await world.serve("management.azure.com", (request: IncomingMessage, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      json(response, 401, { error: { code: "InvalidAuthenticationToken", message: "no token" } });
      return;
    }
    json(response, 200, { id: request.url, properties: { verificationStates: states() } });
  });
}

const verified = { status: "Verified" };
export const allVerified = {
  Domain: verified,
  SPF: verified,
  DKIM: verified,
  DKIM2: verified,
  DMARC: { status: "NotStarted" },
};
