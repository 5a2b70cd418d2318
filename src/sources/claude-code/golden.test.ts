import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { expectedOf, toldOf } from "../golden.ts";
import { claudeCode } from "./index.ts";

// Each folder is a home with invented transcripts, named after the quirk it shows, and what is to be read from it.
const fixtures = fileURLToPath(new URL("../../../test/fixtures/claude-code/", import.meta.url));
const replaced = [
  "func Tax() int64 {",
  "return 3",
  "func Levy() int64 {",
  "return 4",
  "return 2;",
  "return 1;",
  '"import shop\\n",',
  '"shop.open()"',
];

describe("reads", () => {
  test.each(readdirSync(fixtures).sort())("%s", async (name) => {
    const home = join(fixtures, name);
    expect(await toldOf(claudeCode, home, replaced)).toEqual(expectedOf(home));
  });
});
