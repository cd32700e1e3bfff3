import { renewIfDue } from "../../certificate/renew-if-due";
import type { TaskContext } from "./context";

/** Has the certificate issued anew where it ends soon, and says so. */
export async function renewTask({ deployment, say }: TaskContext): Promise<void> {
  const { certificate } = deployment.standby.outputs;
  const { renewed, expires } = await renewIfDue(certificate, (line) => say(`renew: ${line}`));
  if (expires !== undefined)
    say(
      `renew: the certificate ${renewed ? "was issued anew, " : ""}until ${expires.toISOString().slice(0, 10)}`,
    );
}
