import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: [
      "cli/**/*.test.ts",
      "client/**/*.test.ts",
      "lib/**/*.test.ts",
      "app/**/*.test.ts",
      "e2e/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    globalSetup: "./lib/testing/globalSetup.ts",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Tests hold their own clock and zone; a machine's own must not matter.
    env: { TZ: "UTC" },
  },
});
