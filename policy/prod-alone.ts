import { z } from "zod";
import { types } from "./resource-types";
import { rule } from "./rule";
import { at, NotKnown } from "./values";

const parameters = z.strictObject({
  components: z
    .array(z.string().min(1))
    .default(["warm-standby:"])
    .describe("What the types of components begin with that may group the record with what it needs."),
});

export const prodAlone = rule(
  "prod-alone",
  "The name is moved by a stack that holds nothing else. In the story it was moved with everything on fire: whatever " +
    "stands beside the record can fail, wait or ask a question at that minute.",
  (stack, verdict, { components }) => {
    const records = stack.of(types.dnsRecord);
    const [www] = records.flatMap(({ inputs }) => {
      const name = at(inputs, "name");
      return typeof name === "string" && name.startsWith("www.") ? [name] : [];
    });
    if (www === undefined) {
      for (const record of records) {
        const name = at(record.inputs, "name");
        if (name instanceof NotKnown) verdict.open(record, "name", name);
      }
      return;
    }
    const domain = www.slice("www.".length);
    const needed = [www, domain, `origin.${domain}`];
    for (const record of records)
      verdict.check(
        record,
        "name",
        (name) => typeof name === "string" && needed.includes(name),
        `${needed.join(", ")}, and no other name in the stack of the cutover record`,
        "declare it in the stack of the standby",
      );
    for (const resource of stack.all)
      if (
        resource.type !== types.dnsRecord &&
        !["pulumi:", ...components].some((prefix) => resource.type.startsWith(prefix))
      )
        verdict.wrong(
          resource,
          `${resource.name} (${resource.type}) stands beside the cutover record; wanted: nothing there but the ` +
            "record and what it needs. Fix: declare it in the stack of the standby.",
        );
  },
  parameters,
);
