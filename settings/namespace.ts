/** The project's name in this repository; one made from it by `pulumi new` has a name of its own. */
let project = "warm-standby";

/** Told once, by whoever reads the config of a running program: this module loads nothing of Pulumi. */
export function nameProject(name: string): void {
  project = name;
}

/** What stands before each of the project's own keys. */
export const namespace = (): string => `${project}:`;
