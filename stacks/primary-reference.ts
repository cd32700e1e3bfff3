import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { StandbySettings } from "../settings";

/** What the standby has to know of the primary. */
export interface Primary {
  readonly host: pulumi.Input<string>;
  /** URL of its database (secret), where it is known. */
  readonly databaseUrl: pulumi.Output<string> | undefined;
  /** ARM id of its database server, where a private endpoint can lead to it. */
  readonly databaseServerId: pulumi.Output<string> | undefined;
}

const host = z.hostname();
const region = z.string().regex(/^[a-z0-9]+$/);
const databaseUrl = z.string().regex(/^(postgres|sqlserver|mysql):\/\/.+/);
const serverId = z.string().regex(/^\/.+/);

/**
 * A value as another stack said it; never shown, since it may be secret.
 * @throws RunError naming the stack, its output and the fix
 */
export function checkedOutput<T>(
  stack: string,
  output: string,
  wanted: string,
  schema: z.ZodType<T>,
  value: unknown,
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new pulumi.RunError(
    `${pulumi.getProject()}:primaryStack is '${stack}', whose output ${output} is ${value === undefined ? "missing" : "something else"}; wanted: ${wanted}. Fix: run pulumi up on that stack first, or correct the name`,
  );
}

/** Reads outputs of the stack `primary`, each checked. */
function readerOf(stack: string) {
  const reference = new pulumi.StackReference(stack);
  return <T>(output: string, wanted: string, schema: z.ZodType<T>): pulumi.Output<T> =>
    reference
      .getOutput(output)
      .apply((value: unknown) => checkedOutput(stack, output, wanted, schema, value));
}

const hostBy = (read: ReturnType<typeof readerOf>) => read("primaryHost", "a host name", host);

/** The primary's own host: all that `prod` knows of it. @param stack `organization/project/stack` */
export const primaryHostOf = (stack: string): pulumi.Output<string> => hostBy(readerOf(stack));

/** The primary as the standby's settings say it: by name, or by the stack that it was made by. */
export function primaryOf({
  primaryHost = "",
  primaryStack,
  primaryDatabaseUrl,
  location,
}: Pick<StandbySettings, "primaryHost" | "primaryStack" | "primaryDatabaseUrl" | "location">): Primary {
  if (primaryStack === undefined)
    return { host: primaryHost, databaseUrl: primaryDatabaseUrl, databaseServerId: undefined };
  const read = readerOf(primaryStack);
  const itsRegion = read("location", "an Azure region's short name", region);
  return {
    host: pulumi.all([hostBy(read), itsRegion]).apply(([name, itsOwn]) => {
      refuseSameRegion(primaryStack, itsOwn, location);
      return name;
    }),
    databaseUrl: read("databaseUrl", "a database's URL", databaseUrl),
    databaseServerId: read("databaseServerId", "an ARM id", serverId),
  };
}

/**
 * One region's trouble must not reach both sites; and a host name is bound to one app a region.
 * @throws RunError where both stand in the same
 */
export function refuseSameRegion(stack: string, primary: string, standby: string): void {
  if (primary !== standby) return;
  const other = standby === "westeurope" ? "northeurope" : "westeurope";
  throw new pulumi.RunError(
    `${pulumi.getProject()}:location is '${standby}', where '${stack}' has the primary; allowed: another region. Fix: pulumi config set location ${other} --stack ${pulumi.getStack()}`,
  );
}
