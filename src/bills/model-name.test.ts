import { expect, test } from "vitest";
import { comparableModel } from "./model-name.ts";

test.each([
  ["claude-opus-4-5-20251101", "claude-opus-4-5"],
  ["us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"],
  ["anthropic/claude-opus-4.5", "claude-opus-4-5"],
  ["Claude Opus 4.5", "claude-opus-4-5"],
  ["Auto: Claude Opus 4.5", "claude-opus-4-5"],
  ["claude-opus-4-5@20251101", "claude-opus-4-5"],
  ["claude-opus-4-6[1m]", "claude-opus-4-6"],
  ["claude-4.5-opus", "claude-opus-4-5"],
  ["claude-3-5-sonnet-20241022", "claude-sonnet-3-5"],
  ["gpt-4.1-2025-04-14", "gpt-4-1"],
  ["gpt-5.3-codex", "gpt-5-3-codex"],
  ["gemini-2.5-pro", "gemini-2-5-pro"],
  ["models/gemini-3-pro-preview", "gemini-3-pro-preview"],
])("compares %s as %s", (name, comparable) => {
  expect(comparableModel(name)).toBe(comparable);
});

test("keeps different models apart", () => {
  const names = ["claude-opus-4-5", "claude-opus-4-6", "claude-opus-4", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "o3", "o3-mini"];
  expect(new Set(names.map(comparableModel)).size).toBe(names.length);
});
