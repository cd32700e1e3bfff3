export { startWebApp, type WebAppPlatform } from "./web-app";
