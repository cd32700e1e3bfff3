import { types } from "./resource-types";
import type { Resource, Stack } from "./rule";
import { at } from "./values";

/**
 * Whether a resource is a cheap primary's, by the tag that this project marks its sites with. That one is open to its
 * visitors by nature, and watched and offset from the standby.
 */
export const isPrimarys = ({ inputs }: Resource): boolean => at(inputs, "tags.site") === "primary";

/** Whether a stack runs a standby's app, and so must have what a standby stands ready with. */
export const runsStandby = (stack: Stack): boolean => !stack.of(types.webApp).every(isPrimarys);
