import { z } from "zod";
import type { JsonObject } from "../json";
import type { Failure } from "../package";

const addressSchema = z.object({ startIpAddress: z.string(), endIpAddress: z.string() });

/** An IPv4 address as a number. */
export const addressNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** What is wrong with the range of a firewall rule. */
export function addressOrder(values: JsonObject): readonly Failure[] {
  const { success, data } = addressSchema.safeParse(values);
  if (!success || addressNumber(data.startIpAddress) <= addressNumber(data.endIpAddress)) return [];
  return [
    {
      property: "endIpAddress",
      reason: `is ${data.endIpAddress}, below startIpAddress ${data.startIpAddress}`,
    },
  ];
}
