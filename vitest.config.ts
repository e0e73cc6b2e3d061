import { defineConfig } from "vitest/config";

// `unit`: logic and parts, fast, needs no lab. `drills`: scenario files, started by `kubedrill run`, which
// prepares the run directory and passes it on; a drill never runs beside another one. `lab`: end-to-end tests that
// build real labs and break them (`npm run test:lab`), one file after the other.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{harness,reports,infra,scenarios,scripts}/**/*.test.ts"],
          exclude: ["**/*.e2e.test.ts", "**/node_modules/**"],
          globalSetup: "scripts/unit-folder.mjs",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "lab",
          include: ["{harness,infra,scenarios}/**/*.e2e.test.ts"],
          pool: "forks",
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 15 * 60_000,
          hookTimeout: 30 * 60_000,
        },
      },
      {
        test: {
          name: "drills",
          include: ["scenarios/**/*.drill.ts"],
          pool: "forks",
          isolate: false,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 0,
          hookTimeout: 0,
        },
      },
    ],
  },
});
