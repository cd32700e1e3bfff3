import type { z } from "zod";
import type { AzureKind, AzureToken } from "../../types/catalogue";
import type { Cloud } from "../cloud";
import type { JsonObject } from "../json";
import type { Failure } from "../package";
import type { Stored } from "../world";

/** A resource that is about to be made or changed. */
export interface Declared {
  readonly kind: AzureKind;
  readonly id: string;
  /** Revealed inputs. */
  readonly values: JsonObject;
  /** The resource as it was, where it is being changed. */
  readonly before: Stored | undefined;
}

/** What one service demands and works out beyond Azure's published types. Missing parts mean: nothing special. */
export interface Rules {
  /** Inputs, beside names and location, whose change makes the resource anew. */
  readonly replaces?: readonly string[];
  /** The resource that it belongs to takes one change of this kind at a time, and answers 409 to a second. */
  readonly oneAtATime?: true;
  /** Refuses what can be told from the inputs alone, so that a preview shows it. */
  check?(values: JsonObject): readonly Failure[];
  /** Refuses by throwing a CloudFault what the rest of the cloud does not allow. */
  admit?(declared: Declared, cloud: Cloud): void | Promise<void>;
  /** Outputs that Azure works out, on top of the echoed inputs. Those of `before` stay unless given anew. */
  outputs?(declared: Declared, cloud: Cloud): JsonObject;
  /** Makes or changes the real thing; a failure leaves the resource out of the cloud. */
  realise?(declared: Declared, cloud: Cloud): Promise<void>;
  /** Outputs that change by themselves, added whenever the resource is looked at. */
  live?(resource: Stored, cloud: Cloud): JsonObject;
  /** Refuses by throwing while something else still needs the resource. */
  release?(resource: Stored, cloud: Cloud): void;
  /** Ends the real thing. */
  retire?(resource: Stored, cloud: Cloud): Promise<void>;
}

export type RuleBook = Readonly<Partial<Record<AzureToken, Rules>>>;

/** The part of a resource's inputs that a rule reads. Azure's types have been checked before. */
export const pick = <T>(schema: z.ZodType<T>, values: JsonObject): T => schema.parse(values);

/** The resource name within an id: its last segment. */
export const lastOf = (id: string): string => id.split("/").at(-1) ?? "";

export const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
