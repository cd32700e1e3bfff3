import { SidePlan } from "../../components/side-plan";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("one small Linux machine with Always On", async () => {
  const { registered } = await runMocked(
    "standby",
    () => new SidePlan("side", { ...place, planName: "shop-standby-side-plan" }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:web:AppServicePlan side": {
      kind: "linux",
      location: "westeurope",
      name: "shop-standby-side-plan",
      reserved: true,
      resourceGroupName: "shop-standby-rg",
      sku: { capacity: 1, name: "B1", tier: "Basic" },
      tags: { site: "standby" },
    },
  });
});
