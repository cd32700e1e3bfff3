import * as pulumi from "@pulumi/pulumi";
import { stackRole, type Role } from "./settings";
import { withoutVersionAliases } from "./stacks/version-aliases";

// Each stack is loaded alone: `prod`, changed under the most stress, needs nothing of Azure's SDK. By `require`, since
// what transpiles this program as it is loaded sees nothing else.
/* eslint-disable @typescript-eslint/no-require-imports */
const load: Readonly<Record<Role, () => { main(stack: string): object | Promise<object> }>> = {
  prod: () => require("./stacks/prod") as typeof import("./stacks/prod"),
  standby: () => require("./stacks/standby") as typeof import("./stacks/standby"),
  primary: () => require("./stacks/primary") as typeof import("./stacks/primary"),
};
/* eslint-enable @typescript-eslint/no-require-imports */

export = (): object | Promise<object> => {
  pulumi.runtime.registerStackTransformation(withoutVersionAliases);
  const stack = pulumi.getStack();
  return load[stackRole(stack)]().main(stack);
};
