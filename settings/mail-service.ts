/** What Azure Communication Services fixes for everyone who sends mail. Imports nothing, so that anything may use it. */

/** What a custom domain may send before any raise (service limits). */
export const unraisedMailLimits = { perMinute: 30, perHour: 100 } as const;

/** What the check of SPF demands to the letter: `~all` fails. */
export const spf = "v=spf1 include:spf.protection.outlook.com -all";

/** Where the app signs in to send. */
export const smtpHost = "smtp.azurecomm.net";
export const smtpPort = 587;
