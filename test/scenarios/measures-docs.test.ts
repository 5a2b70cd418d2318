import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { measureIds } from "../../src/measures/catalogue.ts";
import { measuresPage } from "../../src/measures/docs.ts";

const page = fileURLToPath(new URL("../../docs/measures.md", import.meta.url));

test("docs/measures.md is what the catalogue says: if not, run `npm run docs`", () => {
  expect(readFileSync(page, "utf8")).toBe(measuresPage());
});

test("every measure has its section", () => {
  for (const id of measureIds) expect(measuresPage()).toContain(`\n### ${id}\n`);
});
