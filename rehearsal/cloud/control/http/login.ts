import { CloudFault } from "../fault";
import type { Directory } from "../directory";
import { tokenSeconds } from "../directory";
import type { Api, ApiResponse } from "./json-server";

const host = "login.microsoftonline.com";
const metadata = (tenant: string) => ({
  token_endpoint: `https://${host}/${tenant}/oauth2/v2.0/token`,
  token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
  jwks_uri: `https://${host}/${tenant}/discovery/v2.0/keys`,
  issuer: `https://${host}/${tenant}/v2.0`,
  authorization_endpoint: `https://${host}/${tenant}/oauth2/v2.0/authorize`,
  device_authorization_endpoint: `https://${host}/${tenant}/oauth2/v2.0/devicecode`,
  end_session_endpoint: `https://${host}/${tenant}/oauth2/v2.0/logout`,
  response_types_supported: ["code"],
  subject_types_supported: ["pairwise"],
  id_token_signing_alg_values_supported: ["RS256"],
  scopes_supported: ["openid", "profile", "email", "offline_access"],
  tenant_region_scope: "EU",
  cloud_instance_name: "microsoftonline.com",
});

/** Microsoft Entra's error answer. */
export const loginFault = ({ status, code, message }: CloudFault): ApiResponse => ({
  status,
  body: { error: code, error_description: message, error_codes: [] },
});

/** `login.microsoftonline.com`: discovery and the token endpoint, for applications that sign in with a secret. */
export function loginApi(directory: Directory): Api {
  return ({ path, method, body }) => {
    const [, tenant = "", ...rest] = path.split("/");
    const endpoint = rest.join("/");
    if (path === "/common/discovery/instance")
      return {
        status: 200,
        body: {
          tenant_discovery_endpoint: `https://${host}/common/v2.0/.well-known/openid-configuration`,
          "api-version": "1.1",
          metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
        },
      };
    if (endpoint === "v2.0/.well-known/openid-configuration") return { status: 200, body: metadata(tenant) };
    if (endpoint === "oauth2/v2.0/token" && method === "POST") return token(directory, tenant, body);
    throw new CloudFault(404, "invalid_request", `${method} ${path} is not served by the local cloud.`);
  };
}

function token(directory: Directory, tenant: string, body: string): ApiResponse {
  const form = new URLSearchParams(body);
  const grant = form.get("grant_type");
  if (grant !== "client_credentials")
    throw new CloudFault(
      400,
      "unsupported_grant_type",
      `grant_type is ${grant ?? "missing"}; client_credentials is served.`,
    );
  const scope = (form.get("scope") ?? "").split(" ").find((part) => part.endsWith("/.default"));
  if (scope === undefined)
    throw new CloudFault(400, "invalid_scope", "AADSTS1002012: the scope has to end with /.default.");
  // A doubled slash stands in the scopes of resources whose name ends with one.
  const audience = scope.slice(0, -"/.default".length).replace(/\/$/, "");
  const client = form.get("client_id") ?? "";
  const access = directory.signIn(tenant, client, form.get("client_secret") ?? "", audience);
  if (access === undefined)
    throw new CloudFault(
      401,
      "invalid_client",
      `AADSTS7000215: Invalid client secret provided for app '${client}' in tenant '${tenant}'.`,
    );
  return {
    status: 200,
    body: {
      token_type: "Bearer",
      expires_in: tokenSeconds,
      ext_expires_in: tokenSeconds,
      access_token: access,
    },
  };
}
