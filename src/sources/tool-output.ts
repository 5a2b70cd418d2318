/** What the output of a command says about tests, commits and opened changes. Nothing of the text is kept. */

export interface TestCounts {
  /** Null where the runner does not say. */
  readonly passed: number | null;
  readonly failed: number | null;
}

const unknownCounts: TestCounts = { passed: null, failed: null };

/** ANSI colour codes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const colours = /\u001b\[[0-9;]*m/g;

/** Summaries stand at the end. */
const maxOutputChars = 1 << 20;

interface Runner {
  readonly name: string;
  /** One summary a match, summed over matches; named groups `passed` and `failed`. */
  readonly summary: RegExp;
  /** The runner leaves the group out when its count is 0. */
  readonly missingIsZero: boolean;
}

/** Runners whose summary is plain, by their own summary lines. */
const runners: readonly Runner[] = [
  { name: "cargo", summary: /^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed;/gm, missingIsZero: false },
  {
    name: "jest",
    summary: /^Tests:[ \t]+(?:(?<failed>\d+) failed, )?(?:\d+ (?:skipped|todo), )*(?:(?<passed>\d+) passed, )?\d+ total/gm,
    missingIsZero: true,
  },
  {
    name: "vitest",
    summary: /^[ \t]*Tests[ \t]+(?:(?<failed>\d+) failed(?: \| )?)?(?:(?<passed>\d+) passed)?(?: \| \d+ (?:skipped|todo))* \(\d+\)/gm,
    missingIsZero: true,
  },
  {
    name: "gotestsum",
    summary: /^DONE (?<total>\d+) tests?(?:, (?<skipped>\d+) skipped)?(?:, (?<failed>\d+) failures?)?(?:, \d+ errors?)? in /gm,
    missingIsZero: true,
  },
  {
    name: "mocha",
    summary: /^[ \t]+(?<passed>\d+) passing \([\d.]+m?s\)(?:\n[ \t]+\d+ pending)?(?:\n[ \t]+(?<failed>\d+) failing)?/gm,
    missingIsZero: true,
  },
  { name: "node", summary: /^(?:#|ℹ) pass (?<passed>\d+)\n(?:#|ℹ) fail (?<failed>\d+)/gm, missingIsZero: false },
  { name: "rspec", summary: /^(?<total>\d+) examples?, (?<failed>\d+) failures?/gm, missingIsZero: false },
  {
    name: "maven",
    summary: /^(?:\[\w+\] )?Tests run: (?<total>\d+), Failures: (?<failed>\d+), Errors: (?<errors>\d+), Skipped: (?<skipped>\d+)[ \t]*$/gm,
    missingIsZero: false,
  },
  { name: "dotnet", summary: /Failed:\s+(?<failed>\d+), Passed:\s+(?<passed>\d+), Skipped:/gm, missingIsZero: false },
];

/**
 * Tests passed and failed by the runner's own summary.
 * @example testCounts("===== 1 failed, 12 passed in 0.31s =====") // { passed: 12, failed: 1 }
 */
export function testCounts(output: string): TestCounts {
  const text = output.slice(-maxOutputChars).replace(colours, "").replaceAll("\r", "");
  return (
    pytestCounts(text) ?? goCounts(text) ?? runners.map((runner) => summed(runner, text)).find((counts) => counts !== null) ?? unknownCounts
  );
}

function summed(runner: Runner, text: string): TestCounts | null {
  let found = false;
  let passed = 0;
  let failed = 0;
  for (const { groups } of text.matchAll(runner.summary)) {
    if (groups === undefined) continue;
    const count = (name: string): number => Number(groups[name] ?? 0);
    if (!runner.missingIsZero && groups["failed"] === undefined) continue;
    const bad = count("failed") + count("errors");
    found = true;
    failed += bad;
    passed += groups["total"] === undefined ? count("passed") : count("total") - bad - count("skipped");
  }
  return found ? { passed, failed } : null;
}

/** pytest ends in `1 failed, 12 passed, 2 skipped in 0.31s`, in any order, between equals signs or (with -q) bare. */
function pytestCounts(text: string): TestCounts | null {
  const lines = text.match(/^(?:=+ )?\d+ (?:failed|passed|skipped|errors?|deselected|xfailed|xpassed|warnings?)\b.* in [\d.]+s\b.*$/gm);
  const line = lines?.at(-1);
  if (line === undefined) return null;
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}\\b`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed") + count("errors?") };
}

/** `go test` names every test only with -v; without it failed tests are named and passed ones are not counted. */
function goCounts(text: string): TestCounts | null {
  if (!/^(?:ok {2}\t|FAIL\t|--- FAIL: |--- PASS: |PASS$)/m.test(text)) return null;
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const passed = count(/^ *--- PASS: /gm);
  const failed = count(/^ *--- FAIL: /gm);
  if (failed === 0 && /^FAIL\t/m.test(text)) return { passed: passed === 0 ? null : passed, failed: null }; // did not build
  return { passed: passed === 0 ? null : passed, failed };
}

export interface PrintedCommit {
  readonly hash: string;
  /** Null on a detached head. */
  readonly branch: string | null;
}

/** Commits that git says it made: `[main 1a2b3c4] Subject`, `[main (root-commit) 1a2b3c4]`, `[detached HEAD 1a2b3c4]`. */
export function printedCommits(output: string): PrintedCommit[] {
  const found = new Map<string, PrintedCommit>();
  for (let at = output.indexOf("["); at >= 0; at = output.indexOf("[", at + 1)) {
    if (at > 0 && output[at - 1] !== "\n") continue;
    commitLine.lastIndex = at;
    const match = commitLine.exec(output);
    if (match === null) continue;
    const [, branch = "", hash = ""] = match;
    found.set(hash, { hash, branch: branch === "detached HEAD" ? null : branch });
  }
  return [...found.values()];
}

const commitLine = /\[(detached HEAD|[^\s[\]]+)(?: \(root-commit\))? ([0-9a-f]{7,40})\] /y;

export interface OpenedChange {
  /** `owner/name`, with groups for GitLab. */
  readonly repository: string;
  readonly number: number;
}

/** Addresses of pull and merge requests. */
export function openedChanges(output: string): OpenedChange[] {
  const found = new Map<string, OpenedChange>();
  for (const match of output.matchAll(/https?:\/\/[\w.-]+\/([\w.-]+(?:\/[\w.-]+)+?)\/(?:-\/merge_requests|pull)\/(\d+)/g)) {
    const [address, repository = "", number = ""] = match;
    found.set(address, { repository, number: Number(number) });
  }
  return [...found.values()];
}
