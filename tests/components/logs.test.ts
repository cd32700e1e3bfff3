import { Logs } from "../../components/logs";
import { declared, runMocked } from "./mocked";

test("categories and all metrics to the workspace", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Logs("logs-app", {
        workspaceId: "/id/workspace",
        resourceUri: "/id/app",
        categories: ["AppServiceHTTPLogs"],
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:monitor:DiagnosticSetting logs-app": {
      logs: [{ category: "AppServiceHTTPLogs", enabled: true }],
      metrics: [{ category: "AllMetrics", enabled: true }],
      name: "workspace",
      resourceUri: "/id/app",
      workspaceId: "/id/workspace",
    },
  });
});
