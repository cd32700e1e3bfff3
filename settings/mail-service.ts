/** What Azure Communication Services fixes for everyone who sends mail. Imports nothing, so that anything may use it. */

/** What a custom domain may send before any raise (service limits). */
export const unraisedMailLimits = { perMinute: 30, perHour: 100 } as const;

/** What the check of SPF demands to the letter: `~all` fails. */
export const spf = "v=spf1 include:spf.protection.outlook.com -all";

/** Where the app signs in to send. */
export const smtpHost = "smtp.azurecomm.net";
export const smtpPort = 587;

/** Where the service keeps its data, as Azure spells it, and as the host names of services in it do. */
export const mailLocation = { name: "Europe", label: "europe" } as const;

/** The host of a communication service's own API: known from its name before the service is there. */
export const communicationHost = (service: string): string =>
  `${service}.${mailLocation.label}.communication.azure.com`;
