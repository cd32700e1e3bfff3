/** What Pulumi gives a dynamic provider in place of a value that is not known yet while a change is previewed. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is real, not the stand-in of a preview. */
export const isKnown = (value: unknown): boolean => value !== unknownValue;
