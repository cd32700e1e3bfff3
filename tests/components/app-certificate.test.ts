import { AppCertificate } from "../../components/app-certificate";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("a certificate of App Service's own, and what joins it to the binding", async () => {
  const { registered } = await runMocked(
    "primary",
    () =>
      new AppCertificate("certificate", {
        ...place,
        planId: "/id/plan",
        bindingId: "/id/binding",
        hostName: "www.blanklabel.example",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:web:Certificate certificate": {
      resourceGroupName: "shop-standby-rg",
      name: "www.blanklabel.example",
      location: "westeurope",
      serverFarmId: "/id/plan",
      canonicalName: "www.blanklabel.example",
      tags: { site: "standby" },
    },
    "pulumi-nodejs:dynamic/standby:AppTls certificate-binding": {
      __provider: expect.stringContaining("components/dynamic/app-tls-provider") as string,
      bindingId: "/id/binding",
      certificateId: "/id/Certificate/certificate",
      hostName: "www.blanklabel.example",
    },
  });
});
