import { showRamp } from "../../../operations/mail/show-ramp";
import { planRamp } from "../../../operations/mail/ramp";
import { prodStack, standbyStack } from "../support/stacks";
import { World } from "../support/world";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

const ramp = (...args: string[]) => world.run(["mail", "ramp", ...args]);

test("as a Markdown table", () => {
  const plan = planRamp({ mailsPerHour: 20, dayOfEvent: "2027-05-14", today: "2027-05-10" });
  expect(showRamp(plan)).toBe(
    [
      "| day        | mails | growth |",
      "| ---------- | ----- | ------ |",
      "| 2027-05-10 | 50    |        |",
      "| 2027-05-11 | 84    | x 1.68 |",
      "| 2027-05-12 | 142   | x 1.69 |",
      "| 2027-05-13 | 240   | x 1.69 |",
      "",
      "Ready for 240 mails on 2027-05-14.",
      "",
    ].join("\n"),
  );
});

test("plans for dayOfEvent, in one JSON document, its warnings beside it", async () => {
  const { config } = standbyStack();
  world.stacks({
    prod: prodStack(),
    standby: standbyStack({ config: { ...config, dayOfEvent: "2027-05-14" } }),
  });
  const { code, stdout, stderr } = await ramp("--from", "2027-05-10", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(
    planRamp({ mailsPerHour: 600, dayOfEvent: "2027-05-14", today: "2027-05-10" }),
  );
  expect(stderr).toContain("standby: only 4 days are left; Azure advises 14 to 28");
});

test("without a day it says how to set one; a day that is over is a usage fault", async () => {
  const without = await ramp();
  expect(without.code).toBe(2);
  expect(without.stderr).toBe(
    "standby: dayOfEvent is not set; allowed: a date, as YYYY-MM-DD. Fix: pulumi config set dayOfEvent 2027-05-14 --stack standby, or give --day\n",
  );
  const over = await ramp("--day", "2027-05-14", "--from", "2027-05-14");
  expect(over.stderr).toBe("standby: dayOfEvent 2027-05-14 is not after today, 2027-05-14\n");
  const none = await ramp("--day", "soon");
  expect(none.stderr).toBe('standby: --day "soon": it is a date, as YYYY-MM-DD\n');
});
