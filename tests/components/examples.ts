/** Where the components under test are made. */
export const place = {
  resourceGroupName: "shop-standby-rg",
  location: "westeurope",
  tags: { site: "standby" },
} as const;

export const zoneId = "0123456789abcdef0123456789abcdef";
export const subscriptionId = "00000000-1111-4222-8333-444444444444";
