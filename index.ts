import * as pulumi from "@pulumi/pulumi";
import { stackRole } from "./settings";

// Each stack is loaded alone: `prod`, changed under the most stress, needs nothing of Azure's SDK.
export = async (): Promise<object> => {
  const stack = pulumi.getStack();
  const { main } =
    stackRole(stack) === "prod" ? await import("./stacks/prod.js") : await import("./stacks/standby.js");
  return main(stack);
};
