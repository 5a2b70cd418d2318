import { expect, it } from "vitest";
import { isCodeRef, isCountedRef } from "./code-refs.ts";

it("refs of witnesses hold no code: checkpoints of any version, shadow branches, notes", () => {
  const witnesses = [
    "refs/heads/entire/checkpoints/v1",
    "refs/heads/entire/0123456-abcdef",
    "refs/remotes/origin/entire/checkpoints/v1",
    "refs/entire/checkpoints/v2/main",
    "refs/entire/checkpoints/v2/full/current",
    "refs/entire/checkpoints/v2/full/0000000000001",
    "refs/notes/ai",
    "refs/notes/agent-trace",
    "refs/ai/authorship/0123456789012345678901234567890123456789",
  ];
  expect(witnesses.filter((name) => isCodeRef(name) || isCountedRef(name))).toEqual([]);
  expect(["refs/heads/ai/authorship", "refs/heads/notes/x", "refs/tags/entire"].filter((name) => !isCodeRef(name))).toEqual([]);
});
