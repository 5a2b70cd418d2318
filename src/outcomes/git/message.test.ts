import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMessage } from "./message.ts";
import { TestRepository } from "./test-repository.ts";

const message = (...lines: readonly string[]): string => lines.join("\n");

describe("a commit message", () => {
  it("tells trailers wherever they stand, and which of them git would see", () => {
    const { trailers } = readMessage(
      message(
        "Squash (#12)",
        "",
        "* first",
        "",
        "Entire-Checkpoint: aaaaaaaaaaaa",
        "",
        "* second",
        "",
        "Entire-Checkpoint: bbbbbbbbbbbb",
        "Co-Authored-By: Claude <noreply@anthropic.com>",
        "",
      ),
    );
    expect(trailers).toEqual([
      { key: "Entire-Checkpoint", value: "aaaaaaaaaaaa", inTrailerBlock: false },
      { key: "Entire-Checkpoint", value: "bbbbbbbbbbbb", inTrailerBlock: true },
      { key: "Co-authored-by", value: "Claude <noreply@anthropic.com>", inTrailerBlock: true },
    ]);
  });

  it("keeps no text: unknown keys are left, and of a Fixes line only what it points to", () => {
    const { trailers } = readMessage(message("subject", "", "Note: a secret", 'Fixes: 0123456789ab ("its subject")', "Fixes: the build"));
    expect(trailers).toEqual([{ key: "Fixes", value: "0123456789ab", inTrailerBlock: true }]);
  });

  it("tells the line agents put under a message, by the agent's name alone", () => {
    const read = (line: string): string[] => readMessage(message("subject", "", line)).trailers.map(({ key, value }) => `${key}: ${value}`);
    expect(read("🤖 Generated with [Claude Code](https://claude.com/claude-code)")).toEqual(["Generated-with: Claude Code"]);
    expect(read("Generated with Codex CLI, on a Sunday")).toEqual(["Generated-with: Codex CLI"]);
    expect(read("Generated with love by Ada")).toEqual([]);
    expect(read("as it was Generated with Cursor")).toEqual([]);
    expect(read("Amp-Thread-ID: https://ampcode.com/threads/T-1")).toEqual(["Amp-Thread-ID: https://ampcode.com/threads/T-1"]);
  });

  it.each([
    ["Add a thing (#12)", 12, null],
    ['Revert "Add a thing (#12)" (#13)', 13, null],
    ["Mention #12 in passing", null, null],
    ["Add (#12) a thing", null, null],
    ["Merge pull request #14 from owner/branch", null, 14],
    ["Merge branch 'x' into 'y'\n\nTitle\n\nSee merge request group/project!15", null, 15],
    ["Merged in branch (pull request #16)", null, 16],
    ["Merged PR 17: title", null, 17],
  ])("reads the pull request out of %j", (text, squashOf, mergeOf) => {
    expect(readMessage(text)).toMatchObject({ squashOf, mergeOf });
  });

  it("reads what a revert reverts", () => {
    const hash = "0123456789012345678901234567890123456789";
    expect(readMessage(message('Revert "x"', "", `This reverts commit ${hash}.`)).reverts).toBe(hash);
    expect(readMessage("Revert nothing").reverts).toBeNull();
  });
});

describe("the trailer block", () => {
  let repository: TestRepository;
  beforeAll(() => {
    repository = new TestRepository();
  });
  afterAll(() => repository.remove());

  const messages = [
    message("only a subject"),
    message("Fixes: #1"),
    message("subject", "", "Fixes: #1"),
    message("subject", "", "Fixes: #1", "Made-with: Cursor", "", ""),
    message("subject", "", "text about", "Fixes: #1"),
    message("subject", "", "text about", "Fixes: #1", "Signed-off-by: A <a@b>"),
    message("subject", "", "one", "two", "three", "four", "five", "six", "seven", "Signed-off-by: A <a@b>"),
    message("subject", "", "Fixes: #1", " goes on", "Signed-off-by: A <a@b>"),
    message("subject", "", "Fixes: #1", "", "a last word"),
    message("subject", "", "Fixes: #1", "(cherry picked from commit 0123456789012345678901234567890123456789)"),
    message("subject", "more subject", "Fixes: #1"),
    message("", "", "Fixes: #1"),
  ];

  it.each(messages)("is what git takes it for: %j", (text) => {
    repository.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", text);
    const seen = repository
      .git("log", "-1", "--format=%(trailers:only,unfold)")
      .split("\n")
      .filter((line) => /^(Fixes|Signed-off-by|Made-with):/.test(line));
    const { trailers } = readMessage(repository.git("log", "-1", "--format=%B"));
    expect(trailers.filter(({ inTrailerBlock }) => inTrailerBlock).map(({ key }) => key)).toEqual(
      seen.map((line) => line.slice(0, line.indexOf(":"))),
    );
  });
});
