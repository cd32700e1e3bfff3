export { startMailServer, type MailServerOptions } from "./server";
