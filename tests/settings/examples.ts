/** A whole set of settings for each stack, as Pulumi hands them out: text, structured ones as JSON. */
export const prodExample = {
  domain: "blanklabel.example",
  zoneId: "0123456789abcdef0123456789abcdef",
  primaryHost: "shared.host.example",
} as const;

export const standbyExample = {
  domain: "blanklabel.example",
  zoneId: "0123456789abcdef0123456789abcdef",
  primaryHost: "shared.host.example",
  alertEmail: "owner@blanklabel.example",
  visitorsPerHour: "10000",
  ordersPerHour: "300",
  mailsPerHour: "600",
  mailSender: "smtp",
  smtpApplication: JSON.stringify({
    tenantId: "11111111-2222-4333-8444-555555555555",
    applicationId: "22222222-3333-4444-8555-666666666666",
    objectId: "33333333-4444-4555-8666-777777777777",
    secret: "client-secret-1",
  }),
  sessionSecret: "signs-the-sessions-of-both-sites-0",
  appPackage: "https://downloads.blanklabel.example/shop-1.0.0.zip",
  appStart: "node server.js",
} as const;

export const primaryExample = {
  domain: "blanklabel.example",
  zoneId: "0123456789abcdef0123456789abcdef",
  sessionSecret: "signs-the-sessions-of-both-sites-0",
  appPackage: "https://downloads.blanklabel.example/shop-1.0.0.zip",
  appStart: "node server.js",
} as const;
