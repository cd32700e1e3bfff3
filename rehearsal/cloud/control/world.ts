import type { JsonObject } from "./json";
import { revealObject } from "./json";

/** A resource that exists in the local cloud. */
export interface Stored {
  readonly id: string;
  /** Pulumi's type token. */
  readonly type: string;
  readonly urn: string;
  /** Inputs as the engine sent them, secrets marked. */
  readonly inputs: JsonObject;
  /** The inputs without marks. */
  readonly values: JsonObject;
  /** What its service works out, without the echoed inputs; secrets marked. */
  readonly outputs: JsonObject;
}

/** One thing that was done to the cloud, or that it noted. Never holds a property's value. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly operation: "create" | "update" | "delete" | "read" | "invoke" | "api" | "note" | "refused";
  readonly subject: string;
  readonly detail: string;
}

/** Everything that has been declared, by id; ids are compared without regard to case, as Azure does. */
export class World {
  private readonly resources = new Map<string, Stored>();
  private readonly entries: LogEntry[] = [];

  get(id: string): Stored | undefined {
    return this.resources.get(id.toLowerCase());
  }

  put(resource: Omit<Stored, "values">): Stored {
    const stored = { ...resource, values: revealObject(resource.inputs) };
    this.resources.set(resource.id.toLowerCase(), stored);
    return stored;
  }

  remove(id: string): void {
    this.resources.delete(id.toLowerCase());
  }

  all(): readonly Stored[] {
    return [...this.resources.values()];
  }

  /** All resources of one azure-native kind, such as `cdn:Route`, or of a whole type token. */
  ofType(type: string): readonly Stored[] {
    return this.all().filter(
      (resource) => resource.type === type || resource.type === `azure-native:${type}`,
    );
  }

  /** Whether anything lies below an id. */
  below(id: string): readonly Stored[] {
    const prefix = `${id.toLowerCase()}/`;
    return this.all().filter((resource) => resource.id.toLowerCase().startsWith(prefix));
  }

  note(operation: LogEntry["operation"], subject: string, detail = ""): void {
    this.entries.push({ at: Date.now(), operation, subject, detail });
  }

  get log(): readonly LogEntry[] {
    return this.entries;
  }
}
