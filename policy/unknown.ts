/** What a preview shows in place of a text that is not known before an `up` (pulumi/sdk, `UnknownStringValue`). */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
