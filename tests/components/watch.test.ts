import { Watch } from "../../components/watch";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("logs, measurements and the people", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Watch("watch", {
        ...place,
        workspaceName: "shop-logs",
        insightsName: "shop-insights",
        actionGroupName: "shop-people",
        email: "owner@blanklabel.example",
        phone: "+1 5550100200",
        webhook: "https://hooks.blanklabel.example/alerts",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:applicationinsights:Component watch-insights": {
      applicationType: "web",
      flowType: "Bluefield",
      ingestionMode: "LogAnalytics",
      kind: "web",
      location: "westeurope",
      publicNetworkAccessForIngestion: "Enabled",
      publicNetworkAccessForQuery: "Enabled",
      requestSource: "rest",
      resourceGroupName: "shop-standby-rg",
      resourceName: "shop-insights",
      tags: { site: "standby" },
      workspaceResourceId: "/id/Workspace/watch-logs",
    },
    "azure-native:monitor:ActionGroup watch-people": {
      actionGroupName: "shop-people",
      emailReceivers: [
        { emailAddress: "owner@blanklabel.example", name: "mail", useCommonAlertSchema: true },
      ],
      enabled: true,
      groupShortName: "standby",
      location: "Global",
      resourceGroupName: "shop-standby-rg",
      smsReceivers: [{ countryCode: "1", name: "phone", phoneNumber: "5550100200" }],
      tags: { site: "standby" },
      webhookReceivers: [
        {
          name: "webhook",
          serviceUri: "https://hooks.blanklabel.example/alerts",
          useCommonAlertSchema: true,
        },
      ],
    },
    "azure-native:operationalinsights:Workspace watch-logs": {
      location: "westeurope",
      resourceGroupName: "shop-standby-rg",
      retentionInDays: 30,
      sku: { name: "PerGB2018" },
      tags: { site: "standby" },
      workspaceName: "shop-logs",
    },
  });
});
