import { describe, expect, test } from "vitest";
import { openedChanges, printedCommits, testCounts } from "./tool-output.ts";

describe("tests are counted by the runner's own summary", () => {
  test.each([
    ["pytest", "....F\n===== 1 failed, 12 passed, 2 skipped in 0.31s =====\n", 12, 1],
    ["pytest -q", "5 passed in 0.10s\n", 5, 0],
    [
      "go test -v",
      "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/x (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\nFAIL\texample.com/a\t0.1s\n",
      2,
      1,
    ],
    ["go test", "--- FAIL: TestB (0.00s)\nFAIL\nok  \texample.com/b\t0.2s\n", null, 1],
    ["go test, all well", "ok  \texample.com/a\t0.2s\nok  \texample.com/b\t0.2s\n", null, 0],
    ["go test, does not build", "FAIL\texample.com/a [build failed]\nFAIL\n", null, null],
    ["gotestsum", "DONE 120 tests, 3 skipped, 2 failures in 4.1s\n", 115, 2],
    ["jest", "Tests:       1 failed, 2 skipped, 5 passed, 8 total\n", 5, 1],
    ["jest, all well", "Tests:       5 passed, 5 total\n", 5, 0],
    ["vitest in colour", "\u001b[2m      Tests \u001b[22m \u001b[31m2 failed\u001b[39m | \u001b[32m30 passed\u001b[39m (32)\n", 30, 2],
    ["cargo, two crates", "test result: ok. 5 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n", 6, 2],
    ["node", "# tests 3\n# suites 0\n# pass 2\n# fail 1\n", 2, 1],
    ["mocha", "  12 passing (3s)\n  2 pending\n  1 failing\n", 12, 1],
    ["much white space", "\n \t".repeat(100_000), null, null],
    ["rspec", "10 examples, 1 failure\n", 9, 1],
    ["maven", "Tests run: 5, Failures: 1, Errors: 1, Skipped: 1\n", 2, 2],
    ["dotnet", "Failed!  - Failed:     1, Passed:     5, Skipped:     0, Total:     6\n", 5, 1],
    ["no runner", "all good\n", null, null],
  ])("%s", (_, output, passed, failed) => {
    expect(testCounts(output)).toEqual({ passed, failed });
  });
});

test("git's own line names the commit it made", () => {
  expect(
    printedCommits("[feat/x 1a2b3c4] Add x\n 1 file changed\n[main (root-commit) 0a1b2c3d] Begin\n[detached HEAD 9f8e7d6] Fix\n"),
  ).toEqual([
    { hash: "1a2b3c4", branch: "feat/x" },
    { hash: "0a1b2c3d", branch: "main" },
    { hash: "9f8e7d6", branch: null },
  ]);
  expect(printedCommits("see [main 1a2b3c4]\n  [main 1a2b3c4] quoted\n[1/2 abc] x\n")).toEqual([]);
});

test("addresses of pull and merge requests are found once", () => {
  expect(
    openedChanges(
      "https://github.com/acme/shop/pull/12\nhttps://github.com/acme/shop/pull/12\nhttps://gitlab.com/acme/web/shop/-/merge_requests/3",
    ),
  ).toEqual([
    { repository: "acme/shop", number: 12 },
    { repository: "acme/web/shop", number: 3 },
  ]);
});
