import { StandbyGroup } from "../../components/resource-group";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("one resource group", async () => {
  const { registered } = await runMocked("standby", () => new StandbyGroup("group", place));
  expect(declared(registered)).toEqual({
    "azure-native:resources:ResourceGroup group": {
      location: "westeurope",
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
    },
  });
});
