/**
 * A refusal of the local cloud, worded and coded as the service it stands for does. `status` is the HTTP status with
 * which the service's own API would answer.
 */
export class CloudFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "CloudFault";
  }
}

export const badRequest = (code: string, message: string): CloudFault => new CloudFault(400, code, message);
export const notFound = (code: string, message: string): CloudFault => new CloudFault(404, code, message);
export const conflict = (code: string, message: string): CloudFault => new CloudFault(409, code, message);
