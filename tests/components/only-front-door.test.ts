import { onlyFrontDoor } from "../../components/only-front-door";

test("one Front Door, and nobody else", () => {
  expect(onlyFrontDoor("front-door-id")).toEqual({
    ipSecurityRestrictionsDefaultAction: "Deny",
    ipSecurityRestrictions: [
      {
        name: "front-door",
        action: "Allow",
        priority: 100,
        tag: "ServiceTag",
        ipAddress: "AzureFrontDoor.Backend",
        headers: { "x-azure-fdid": ["front-door-id"] },
      },
    ],
  });
});
