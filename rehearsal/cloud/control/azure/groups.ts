import type { RuleBook } from "./rules";

export const groupRules: RuleBook = {
  "resources:ResourceGroup": {
    replaces: ["managedBy"],
    outputs: () => ({ properties: { provisioningState: "Succeeded" } }),
  },
};
