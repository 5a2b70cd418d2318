import { defineConfig } from "vitest/config";

/** `.sql` files are text, as esbuild's text loader makes them. */
const sqlAsText = {
  name: "sql-as-text",
  transform(code: string, id: string): string | undefined {
    return id.endsWith(".sql") ? `export default ${JSON.stringify(code)};` : undefined;
  },
};

export default defineConfig({
  plugins: [sqlAsText],
  test: { include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"], testTimeout: 60_000, maxWorkers: "100%" },
});
