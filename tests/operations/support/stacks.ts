/** The stacks as a healthy deployment has them; tests change what they are about. */

export const zone = "blanklabel.example";
export const standbyHost = "blanklabel-abc123.z01.azurefd.net";
export const primaryHost = "shared.host.example";

export interface FakeStack {
  readonly config: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly pending?: readonly unknown[];
  readonly op?: string;
  readonly more?: readonly string[];
  readonly upFails?: "before" | "after";
  /** The verb that takes until `stacks.json.hold` is gone. */
  readonly slow?: string;
  readonly fails?: Readonly<Record<string, string>>;
}
export type FakeStacks = Readonly<Record<string, FakeStack>>;

export const zoneId = "0123456789abcdef0123456789abcdef";
export const recordId = "fedcba9876543210fedcba9876543210";

export const prodStack = (over: Partial<FakeStack> = {}): FakeStack => ({
  config: { domain: zone, zoneId, activeSite: "primary", primaryHost, ttl: 60, proxied: false },
  outputs: {
    activeSite: "primary",
    record: { zoneId, id: recordId, name: `www.${zone}`, type: "CNAME", content: primaryHost, ttl: 60 },
    targets: { primary: primaryHost, standby: standbyHost },
  },
  ...over,
});

const edge =
  "/subscriptions/41111111-2222-4333-8444-555555555555/resourceGroups/blanklabel-standby/providers/Microsoft.Cdn/profiles/blanklabel-edge";

export const standbyStack = (over: Partial<FakeStack> = {}): FakeStack => ({
  config: {
    mailsPerHour: 600,
    alertEmail: `owner@${zone}`,
    mailSendLimits: { perMinute: 30, perHour: 2000, ticket: "2610010040000123" },
    smtpApplication: {
      tenantId: "11111111-2222-4333-8444-555555555555",
      applicationId: "21111111-2222-4333-8444-555555555555",
      objectId: "31111111-2222-4333-8444-555555555555",
      secret: "smtp-secret",
    },
  },
  outputs: {
    standbyHost,
    publicHost: `www.${zone}`,
    standbyName: `standby.${zone}`,
    imageHost: `images.${zone}`,
    databaseUrl: `postgres://shop:db-secret@blanklabel-db.postgres.database.azure.com:5432/shop?sslmode=verify-full`,
    imageStorage: { account: "blanklabelimages", container: "images" },
    frontDoor: {
      resourceGroup: "blanklabel-standby",
      profile: "blanklabel-edge",
      profileId: edge,
      customDomains: ["www", "standby", "images"],
      hostNames: [`www.${zone}`, `standby.${zone}`, `images.${zone}`],
    },
    shopSwitch: {
      route: `${edge}/afdEndpoints/blanklabel/routes/shop`,
      open: `${edge}/originGroups/shop`,
      closed: `${edge}/originGroups/pause`,
    },
    fileStorage: { account: "blanklabelfiles", packages: "packages", uploads: "uploads" },
    app: { versionPath: "/version", version: "1.0.0", hash: "0123456789ab" },
    webApp: {
      resourceGroup: "blanklabel-standby",
      name: "blanklabel-app",
      host: "blanklabel-app.azurewebsites.net",
    },
    mail: {
      resourceGroup: "blanklabel-standby",
      emailService: "blanklabel-mail",
      domain: `mail.${zone}`,
      sender: `orders@mail.${zone}`,
      senderKind: "smtp",
      communicationService: "blanklabel-talk",
      endpoint: "https://blanklabel-talk.europe.communication.azure.com",
      smtpUsername: `orders@mail.${zone}`,
      limits: { perMinute: 30, perHour: 2000 },
    },
    alerts: {
      actionGroup:
        "/subscriptions/41111111-2222-4333-8444-555555555555/resourceGroups/blanklabel-standby/providers/Microsoft.Insights/actionGroups/blanklabel-people",
    },
    offsets: { rowsPerHour: 1500, tailHours: 24, syncAgeHours: 26, safety: 2 },
    forecast: { visitorsPerHour: 10000, ordersPerHour: 300, mailsPerHour: 600 },
  },
  ...over,
});
