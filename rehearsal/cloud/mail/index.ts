export { maxRecipients, startMailServer, type MailServerOptions } from "./server";
