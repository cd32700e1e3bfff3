import { z } from "zod";
import { isPrimarys } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, NotKnown, type Value } from "./values";

const parameters = z.strictObject({
  allowedRegions: z
    .array(z.string().min(1))
    .default([])
    .describe("Azure regions that the customers' data may lie in; empty admits each."),
  dataLocations: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Where mails and their addresses may be kept, as Azure's mail calls it (Europe); empty admits each.",
    ),
  primaryRegion: z
    .string()
    .min(1)
    .optional()
    .describe("Azure region of a primary that is not this project's; unset where it is not on Azure."),
});

export const place = rule(
  "place",
  "The standby does not go down with the primary, and data stays where it may be. In the story everything hung on one " +
    "host in one place.",
  (stack, verdict, { allowedRegions, dataLocations, primaryRegion }) => {
    const allowed = allowedRegions.map(short);
    if (allowed.length > 0)
      for (const resource of stack.all)
        if (at(resource.inputs, "location") !== undefined)
          verdict.check(
            resource,
            "location",
            (value) => typeof value === "string" && ["global", ...allowed].includes(short(value)),
            `one of ${allowed.join(", ")}`,
            "pulumi config set location to one of these",
          );
    if (dataLocations.length > 0)
      for (const service of stack.of(types.emailService, types.communicationService))
        verdict.check(
          service,
          "dataLocation",
          (value) => typeof value === "string" && dataLocations.includes(value),
          `one of ${dataLocations.join(", ")}`,
          "declare it with a dataLocation among these, beside the one that is there: it cannot be changed in place",
        );
    const primarys = primaryRegion === undefined ? regionOfPrimary(stack, verdict) : short(primaryRegion);
    if (primarys === undefined) return;
    for (const group of stack.of(types.resourceGroup))
      if (!isPrimarys(group))
        verdict.check(
          group,
          "location",
          (value) => typeof value === "string" && short(value) !== primarys,
          `another region than ${primarys}, the primary's`,
          "pulumi config set location to another region",
        );
  },
  parameters,
);

/** "West Europe" and "westeurope" are one region. */
const short = (region: string): string => region.toLowerCase().replaceAll(" ", "");

/** Where the stack that the primary was made by says that it is. */
function regionOfPrimary(stack: Stack, verdict: Verdict): string | undefined {
  if (stack.of(types.resourceGroup).length === 0) return undefined;
  const regions = stack
    .of(types.stackReference)
    .map((reference): [Resource, Value] => [reference, at(reference.outputs, "outputs.location")]);
  for (const [reference, region] of regions)
    if (region instanceof NotKnown) verdict.open(reference, "outputs.location", region);
  return regions.map(([, region]) => (typeof region === "string" ? short(region) : undefined)).find(Boolean);
}
