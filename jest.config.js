/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  transform: {
    "^.+\\.tsx?$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
        module: { type: "commonjs" },
      },
    ],
  },
  testEnvironment: "node",
  // Settings are named by their project, whose name Pulumi hands to a program.
  setupFiles: ["<rootDir>/tests/project.js"],
  testTimeout: 60000,
  // One more than the cores of a small machine: tests that wait for a server or an engine leave them idle.
  maxWorkers: 3,
  testSequencer: "<rootDir>/tests/sequencer.js",
  // The Pulumi SDK leaves timers behind; a test that leaves its own servers open still shows as a leak there.
  forceExit: false,
};
