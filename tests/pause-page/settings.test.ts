import { readPauseSettings } from "../../pause-page/settings";

const environment = {
  PAUSE_SHOP: "blanklabel.example",
  PAUSE_TITLE: "Back at 8",
  PAUSE_TEXT: "Sold out for a moment.",
  PAUSE_LANGUAGE: "en",
  PAUSE_RETRY_AFTER: "600",
};

test("the page's words come from the app settings", () => {
  expect(readPauseSettings(environment)).toEqual({
    shop: "blanklabel.example",
    title: "Back at 8",
    text: "Sold out for a moment.",
    language: "en",
    retryAfter: 600,
  });
});

test("everything that is missing or wrong is named at once", () => {
  expect(() =>
    readPauseSettings({ ...environment, PAUSE_TITLE: "", PAUSE_TEXT: undefined, PAUSE_RETRY_AFTER: "soon" }),
  ).toThrow(
    'PAUSE_TITLE is not set; PAUSE_TEXT is not set; PAUSE_RETRY_AFTER is "soon"; a whole number of seconds is wanted. ' +
      "Fix: run pulumi up on the standby stack, which sets them",
  );
});
