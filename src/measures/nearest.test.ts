import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("finds the id a slip was meant for", () => {
  expect(nearest("token_total", ["spend", "tokens_total", "tokens_output"])).toBe("tokens_total");
  expect(nearest("spnd", ["spend", "sessions"])).toBe("spend");
  expect(nearest("fates", ["fate", "flow"])).toBe("fate");
});

test("finds nothing where nothing is near", () => {
  expect(nearest("lines_of_code", ["spend", "usages"])).toBeNull();
  expect(nearest("x", [])).toBeNull();
});
