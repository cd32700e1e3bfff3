import { checkedHost } from "../../stacks/standby-reference";

const stack = "organization/warm-standby/standby";

test("a host name passes", () => {
  expect(checkedHost(stack, "shop-hash.z01.azurefd.net")).toBe("shop-hash.z01.azurefd.net");
});

test.each([
  [undefined, "missing"],
  [42, "42"],
  ["not a host", '"not a host"'],
])("%j is refused", (value, shown) => {
  expect(() => checkedHost(stack, value)).toThrow(
    `warm-standby:standbyStack is '${stack}', whose output standbyHost is ${shown}; wanted: a host name. Fix: run pulumi up on that stack first, or correct the name`,
  );
});
