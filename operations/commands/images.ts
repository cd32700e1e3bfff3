import { imageCacheControlOf, isImmutable } from "../../settings/image-cache";
import { pushCommand } from "./push";

export const addImages = pushCommand({
  name: "images",
  description: "The images that the edge serves.",
  collection: {
    name: "images",
    whole: "the shop's images",
    storage: "the image storage",
    caching: { controlOf: imageCacheControlOf, isImmutable },
  },
  example: "./public/images",
  container: (outputs) => outputs.imageStorage,
});
