import { z } from "zod";
import { types } from "./resource-types";
import { rule } from "./rule";

const parameters = z.strictObject({
  required: z
    .array(z.string().min(1))
    .default(["project", "stack", "site"])
    .describe("Tags that everything which costs money or holds data has."),
});

export const tags = rule(
  "tags",
  "Whoever looks at a bill or is woken by an alert sees which site a thing belongs to. In the story nobody could tell at " +
    "night which of two hosts was which.",
  (stack, verdict, { required }) => {
    for (const resource of stack.of(
      types.resourceGroup,
      types.plan,
      types.webApp,
      types.webAppSlot,
      types.postgresServer,
      types.mysqlServer,
      types.sqlServer,
      types.sqlDatabase,
      types.storageAccount,
      types.vault,
      types.frontDoor,
      types.edgeFirewall,
      types.communicationService,
      types.emailService,
      types.privateEndpoint,
      types.privateZone,
      types.logs,
      types.insights,
    ))
      for (const tag of required)
        verdict.check(
          resource,
          `tags.${tag}`,
          (value) => typeof value === "string" && value !== "",
          "a text",
          `give it the tag ${tag}`,
        );
  },
  parameters,
);
