import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "e2e/**/*.test.ts", "scripts/**/*.test.ts"],
    testTimeout: 20_000,
    // Tests that run side by side start processes: more than there are cores are no faster together, and each is late.
    maxConcurrency: availableParallelism()
  }
})
