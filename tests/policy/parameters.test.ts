import { z } from "zod";
import { dataSurvives } from "../../policy/data-survives";
import { configSchemaOf } from "../../policy/parameters";
import { rules } from "../../policy/rules";
import { judge } from "./judge";

test("the engine is told of each parameter: its type, bounds, default and what it is", () => {
  expect(dataSurvives.configSchema).toEqual({
    properties: {
      backupDays: {
        type: "integer",
        minimum: 1,
        maximum: 35,
        default: 7,
        description: "Days back that the database can be restored to.",
      },
      lock: {
        type: "boolean",
        default: true,
        description:
          "Whether Azure itself must refuse to delete the server; false goes with deletionLock false.",
      },
    },
  });
});

test("no parameter goes without a description", () => {
  expect(() => configSchemaOf(z.strictObject({ days: z.number() }))).toThrow(z.ZodError);
});

test("a config that the engine let pass is refused all the same, by name", () => {
  expect(() => judge(dataSurvives, [], { backupDays: 0 })).toThrow(
    "the config of the policies is wrong. data-survives.backupDays: Too small: expected number to be >=1. See " +
      "docs/policies.md#data-survives.",
  );
});

test.each(rules)("$name needs no config", (rule) => {
  expect(judge(rule, []).wrong).toEqual([]);
});
