import { RunError } from "@pulumi/pulumi/errors";

/** Every fault found in a stack's settings, one line each. Pulumi prints its message without a stack trace. */
export class SettingsError extends RunError {
  constructor(
    stack: string,
    readonly faults: readonly string[],
  ) {
    super(
      [
        `stack ${stack}: ${String(faults.length)} ${faults.length === 1 ? "setting is" : "settings are"} wrong`,
        ...faults.map((fault) => `  ${fault}`),
      ].join("\n"),
    );
  }
}
