import * as pulumi from "@pulumi/pulumi";
import { SettingsError, stackRole } from "../../settings";

/** The role of a stack with this config. */
async function roleOf(stack: string, config: Record<string, string> = {}) {
  const silent = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(silent, "warm-standby", stack);
  pulumi.runtime.setAllConfig(config);
  return stackRole(stack);
}

test.each(["prod", "standby", "primary"])(
  "%s: by its name, or by its config where it has another",
  async (role) => {
    expect(await roleOf(role)).toBe(role);
    expect(await roleOf("live", { "warm-standby:role": role })).toBe(role);
  },
);

test.each([
  [
    {},
    "warm-standby:role is not set; allowed: prod, standby or primary, where the stack's name is none of them. Fix: pulumi config set role standby --stack live",
  ],
  [
    { "warm-standby:role": "cdn" },
    "warm-standby:role is 'cdn'; allowed: prod, standby or primary, where the stack's name is none of them. Fix: pulumi config set role standby --stack live",
  ],
])("%j is refused", async (config, fault) => {
  await expect(roleOf("live", config)).rejects.toEqual(new SettingsError("live", [fault]));
});
