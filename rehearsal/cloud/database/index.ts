export { startDatabaseServer, type DatabaseServerOptions } from "./server";
