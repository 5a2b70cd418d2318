import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { expectedOf, toldOf } from "../golden.ts";
import { qwenCode } from "./index.ts";

// Each folder is a home with invented chats, named after the quirk it shows, and what is to be read from it.
const fixtures = fileURLToPath(new URL("../../../test/fixtures/qwen-code/", import.meta.url));

describe("reads", () => {
  test.each(readdirSync(fixtures).sort())("%s", async (name) => {
    const home = join(fixtures, name);
    expect(await toldOf(qwenCode, home)).toEqual(expectedOf(home));
  });
});
