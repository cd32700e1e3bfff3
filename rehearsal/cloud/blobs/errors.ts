import { escapeXml } from "./xml";

/** Error codes of the Blob service with their status and text, spelled as Azure does (Blob service error codes). */
const known = {
  AuthenticationFailed: [
    403,
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
  ],
  AuthorizationPermissionMismatch: [
    403,
    "This request is not authorized to perform this operation using this permission.",
  ],
  BlobAlreadyExists: [409, "The specified blob already exists."],
  BlobNotFound: [404, "The specified blob does not exist."],
  ConditionNotMet: [412, "The condition specified using HTTP conditional header(s) is not met."],
  ContainerAlreadyExists: [409, "The specified container already exists."],
  ContainerNotFound: [404, "The specified container does not exist."],
  InternalError: [500, "The server encountered an internal error. Please retry the request."],
  InvalidAuthenticationInfo: [
    401,
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
  ],
  InvalidBlockList: [400, "The specified block list is invalid."],
  InvalidHeaderValue: [400, "The value for one of the HTTP headers is not in the correct format."],
  InvalidMd5: [
    400,
    "The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.",
  ],
  InvalidQueryParameterValue: [
    400,
    "Value for one of the query parameters specified in the request URI is invalid.",
  ],
  InvalidRange: [416, "The range specified is invalid for the current size of the resource."],
  InvalidResourceName: [400, "The specified resource name contains invalid characters."],
  InvalidUri: [400, "The requested URI does not represent any resource on the server."],
  InvalidXmlDocument: [400, "XML specified is not syntactically valid."],
  KeyBasedAuthenticationNotPermitted: [
    403,
    "Key based authentication is not permitted on this storage account.",
  ],
  Md5Mismatch: [
    400,
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
  ],
  MissingRequiredHeader: [400, "An HTTP header that's mandatory for this request is not specified."],
  NoAuthenticationInformation: [
    401,
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
  ],
  NotModified: [304, ""],
  PublicAccessNotPermitted: [409, "Public access is not permitted on this storage account."],
  RequestBodyTooLarge: [413, "The request body is too large and exceeds the maximum permissible limit."],
  ResourceNotFound: [404, "The specified resource does not exist."],
  UnsupportedHeader: [400, "One of the HTTP headers specified in the request is not supported."],
  UnsupportedHttpVerb: [405, "The resource doesn't support specified Http Verb."],
  UnsupportedQueryParameter: [
    400,
    "One of the query parameters specified in the request URI is not supported.",
  ],
} as const;

export type StorageErrorCode = keyof typeof known;

/** A refusal of the Blob service, which is answered as XML. */
export class StorageError extends Error {
  readonly status: number;

  /** @param detail what in the request was at fault, for a person who reads it. */
  constructor(
    readonly code: StorageErrorCode,
    detail?: string,
  ) {
    const [status, text] = known[code];
    super(detail === undefined ? text : `${text} ${detail}`);
    this.name = "StorageError";
    this.status = status;
  }

  /** The body of the answer. */
  toXml(requestId: string, now: Date): string {
    const message = `${this.message}\nRequestId:${requestId}\nTime:${now.toISOString()}`;
    return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${this.code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  }
}
