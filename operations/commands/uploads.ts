import { pushCommand } from "./push";

/** Files that customers once uploaded to the primary; the app has them by UPLOADS_URL and UPLOADS_CONTAINER. */
export const addUploads = pushCommand({
  name: "uploads",
  description: "The files that customers uploaded, for the app alone.",
  collection: { name: "files", whole: "what customers uploaded", storage: "the storage of uploads" },
  example: "./uploads",
  container: ({ fileStorage }) => ({ account: fileStorage.account, container: fileStorage.uploads }),
});
