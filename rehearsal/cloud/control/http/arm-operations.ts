import { randomUUID } from "node:crypto";
import { CloudFault } from "../fault";
import type { ApiRequest, ApiResponse } from "./json-server";

const host = "management.azure.com";

interface Operation {
  done: boolean;
  fault?: CloudFault;
}

/** What ARM is still at work on after it has answered, and where a client asks how it went. */
export class ArmOperations {
  private readonly running = new Map<string, Operation>();

  constructor(private readonly subscription: string) {}

  /** Answers 202 with `Location`, which answers 202 until the work is done, as Communication Services has it. */
  accept(work: Promise<void>, request: ApiRequest): ApiResponse {
    const url = this.begin(work, "Microsoft.Communication/locations/global/operationResults", request);
    // No wait: the local cloud has looked by the time that a client asks again.
    return { status: 202, headers: { location: url, "retry-after": "0" } };
  }

  /** Answers 202 with `Azure-AsyncOperation`, which says `status` and an error, as Front Door has it. */
  acceptStatus(work: Promise<void>, request: ApiRequest): ApiResponse {
    const url = this.begin(work, "Microsoft.Cdn/operationStatuses", request);
    return { status: 202, headers: { "azure-asyncoperation": url, "retry-after": "0" } };
  }

  /** What a client learns of an operation; undefined where the path names none. */
  answer({ path, query }: ApiRequest): ApiResponse | undefined {
    const [, form, id] = /\/(operationResults|operationStatuses)\/([^/]+)$/.exec(path) ?? [];
    if (form === undefined || id === undefined) return undefined;
    const found = this.running.get(id);
    if (found === undefined)
      throw new CloudFault(404, "OperationNotFound", `Operation ${id} does not exist.`);
    if (form === "operationStatuses") return status(found);
    return found.done
      ? { status: 200, body: {} }
      : {
          status: 202,
          headers: { location: `https://${host}${path}?${query.toString()}`, "retry-after": "0" },
        };
  }

  private begin(work: Promise<void>, place: string, request: ApiRequest): string {
    const id = randomUUID();
    const operation: Operation = { done: false };
    this.running.set(id, operation);
    work.then(
      () => {
        operation.done = true;
      },
      (error: unknown) => {
        if (!(error instanceof CloudFault)) console.error(error);
        operation.fault =
          error instanceof CloudFault
            ? error
            : new CloudFault(500, "InternalServerError", "The local cloud failed; see its log.");
        operation.done = true;
      },
    );
    const version = request.query.get("api-version") ?? "";
    return `https://${host}/subscriptions/${this.subscription}/providers/${place}/${id}?api-version=${version}`;
  }
}

function status({ done, fault }: Operation): ApiResponse {
  if (!done) return { status: 200, headers: { "retry-after": "0" }, body: { status: "InProgress" } };
  return {
    status: 200,
    body:
      fault === undefined
        ? { status: "Succeeded" }
        : { status: "Failed", error: { code: fault.code, message: fault.message } },
  };
}
