import type { Call } from "./call";
import { StorageError } from "./errors";

/** What a call is about to do, as far as anonymous access tells apart. */
export type Purpose = "read-blob" | "read-container" | "write";

/**
 * Admits a call or throws the StorageError that Azure would answer with: writers need a bearer token of a principal
 * that has the role; readers too, or none where both the account and the container allow it. Keys and shared access signatures are never
 * accepted, as on an account with `allowSharedKeyAccess: false`.
 */
export function authorize(call: Call, purpose: Purpose): void {
  const authorization = call.header("authorization");
  if (authorization === undefined) {
    if (call.query.has("sig")) throw new StorageError("AuthenticationFailed");
    if (purpose === "write") throw new StorageError("NoAuthenticationInformation");
    admitAnonymous(call, purpose);
    return;
  }
  const [, token] = /^Bearer\s+(\S+)$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw new StorageError(
      /^SharedKey/i.test(authorization) ? "KeyBasedAuthenticationNotPermitted" : "AuthenticationFailed",
    );
  const access = call.account.settings.accessOf({
    token,
    container: call.container ?? "",
    wants: purpose === "write" ? "write" : "read",
  });
  if (access === "no-token") throw new StorageError("InvalidAuthenticationInfo");
  if (access === "no-role") throw new StorageError("AuthorizationPermissionMismatch");
}

function admitAnonymous(call: Call, purpose: Purpose): void {
  if (!call.account.settings.allowBlobPublicAccess) throw new StorageError("PublicAccessNotPermitted");
  const access = call.account.containers.get(call.container ?? "")?.publicAccess ?? "None";
  if (access === "Container" || (access === "Blob" && purpose === "read-blob")) return;
  // A client that names a version new enough for the bearer challenge is told to sign in; others see nothing there.
  throw new StorageError(
    (call.header("x-ms-version") ?? "") >= "2019-12-12" ? "NoAuthenticationInformation" : "ResourceNotFound",
  );
}
