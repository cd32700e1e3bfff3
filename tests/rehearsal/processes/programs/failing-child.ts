// A child that runs until something that it depends on is gone, or until it is killed.
import { runAsChild } from "../../../../rehearsal/processes/main";

runAsChild((settings, fail) => {
  if (settings === "fail") setTimeout(() => fail(new Error("its database is gone")), 50);
  const busy = setInterval(() => undefined, 1_000);
  return Promise.resolve({
    ready: "ready",
    stop: () => {
      clearInterval(busy);
      return Promise.resolve();
    },
  });
});
