export { createAzure } from "./package";
