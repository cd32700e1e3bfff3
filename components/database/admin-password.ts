import * as random from "@pulumi/random";
import * as pulumi from "@pulumi/pulumi";

/** A generated password (secret) that every engine's rules allow and that a URL holds without escapes. */
export function adminPassword(name: string, parent: pulumi.Resource): pulumi.Output<string> {
  const password = new random.RandomPassword(
    `${name}-password`,
    { length: 32, special: false, minLower: 4, minUpper: 4, minNumeric: 4 },
    { parent },
  );
  return pulumi.secret(password.result);
}
