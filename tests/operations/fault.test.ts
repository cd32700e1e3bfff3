import { buildProgram } from "../../operations/cli";
import { refusal } from "../../operations/fault";

test("a refusal ends with exit code 1", () => {
  expect(refusal("no").exitCode).toBe(1);
  expect(buildProgram().name()).toBe("standby");
});
