import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ForgeReview, ForgeThread } from "../contract/forge-facts.ts";
import { findChanges } from "../outcomes/git/changes.ts";
import { TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { type ReviewedChange, ReviewAnswers } from "./review-answers.ts";
import { text as textOf } from "./test-writes.ts";

const text = (lines: readonly string[]): string => textOf(...lines);
const line = (n: number, by = "moor"): string => `const berth${n} = ${by}(${n});`;
const berths = Array.from({ length: 40 }, (_, i) => line(i + 1));
const [ada, bea] = [
  { login: "ada", isBot: false },
  { login: "bea", isBot: false },
];

let repository: TestRepository;
/** The change's first commit: forty lines. */
let first: string;
beforeEach(() => {
  repository = new TestRepository();
  repository.commit({ "README.md": "The port.\n" });
  repository.git("checkout", "-q", "-b", "berths");
  first = repository.commit({ "port.ts": text(berths) }, "Add berths");
});
afterEach(() => repository.remove());

const thread = (lines: Partial<ForgeThread>): ForgeThread => ({
  thread: "1",
  path: "port.ts",
  side: "added",
  firstLine: null,
  lastLine: null,
  commit: first,
  resolved: null,
  resolvedAt: null,
  resolvedBy: null,
  openedAt: 1_000,
  openedBy: bea,
  answeredAt: null,
  ...lines,
});
const review = (verdict: ForgeReview["verdict"], submittedAt: number | null): ForgeReview => ({
  review: `${verdict} ${submittedAt}`,
  state: verdict ?? "dismissed",
  verdict,
  submittedAt,
  reviewer: bea,
  commit: null,
});

/** The lines a commit of change 7 changed that answer its review, `+` or `-` and the line's text; `writtenAt` is when they were written. */
async function answersOf(commit: string, told: Partial<ReviewedChange>, writtenAt = 2_000) {
  const head = { kind: "ref", name: "refs/pull/7/head", commit: repository.git("rev-parse", "berths").trim() } as const;
  const { history, commits } = await readHistory(repository.dir);
  const changes = findChanges(commits, [head], history.tip);
  const answers = new ReviewAnswers(history, changes, [{ number: 7, author: ada, reviews: [], threads: [], ...told }]);
  const c = commits.findIndex(({ hash }) => hash === commit);
  const lines: { readonly mark: string; readonly at: number | null }[] = [];
  commits[c]?.files.forEach(({ diff }, f) => {
    let at = 0;
    for (let h = 0; h < diff.hunks.length; h += 4) {
      const [start, removed, after, added] = diff.hunks.slice(h, h + 4) as unknown as [number, number, number, number];
      const id = (): number => history.changed[c]?.[f]?.ids[at++] as number;
      for (let i = 0; i < removed; i++) lines.push({ mark: `-${start + i}`, at: answers.answeredAt(c, id(), "removed", writtenAt) });
      for (let i = 0; i < added; i++) lines.push({ mark: `+${after + i}`, at: answers.answeredAt(c, id(), "added", writtenAt) });
    }
  });
  const committedAt = commits[c]?.commitAt;
  const found = lines.filter(({ at }) => at !== null);
  for (const { at } of found) expect(at, "known since the commit: it is later than what asked").toBe(committedAt);
  return { found: found.map(({ mark }) => mark), of: lines.length, notPlaced: answers.notPlaced };
}

const with5 = (change: (n: number) => boolean, by = "tie"): string[] => berths.map((old, i) => (change(i + 1) ? line(i + 1, by) : old));

describe("lines near a thread", () => {
  it("answer it up to ten lines away, before and after", async () => {
    const answer = repository.commit({ "port.ts": text(with5((n) => [9, 10, 22, 31, 32].includes(n))) });
    const threads = [thread({ firstLine: 20, lastLine: 21 })];
    expect((await answersOf(answer, { threads })).found).toEqual(["-10", "+10", "-22", "+22", "-31", "+31"]);
  });

  it("are found where earlier commits of the change moved the thread to", async () => {
    repository.commit({ "port.ts": text([...Array.from({ length: 15 }, (_, i) => line(100 + i)), ...berths]) });
    const moved = [...Array.from({ length: 15 }, (_, i) => line(100 + i)), ...with5((n) => n === 5 || n === 20)];
    const answer = repository.commit({ "port.ts": text(moved) });
    // Line 5 of the file the thread is on is line 20 now, line 20 is line 35: more than ten away.
    expect((await answersOf(answer, { threads: [thread({ lastLine: 5 })] })).found).toEqual(["-20", "+20"]);
  });

  it("stay near once the thread's own lines are gone, and under another name of the file", async () => {
    repository.commit({ "port.ts": text(berths.filter((_, i) => i !== 19)) });
    repository.git("mv", "port.ts", "harbour.ts");
    const lines = with5((n) => n === 10 || n === 30 || n === 31).filter((_, i) => i !== 19);
    const answer = repository.commit({ "harbour.ts": text(lines) });
    // The thread is between lines 19 and 20 now: 10 and 29 are within ten lines, 30 is line 31 of old and within too.
    expect((await answersOf(answer, { threads: [thread({ lastLine: 20 })] })).found).toEqual(["-10", "+10", "-29", "+29"]);
  });

  it("are all of the file's where the thread is on the whole file, and none of another's", async () => {
    const answer = repository.commit({ "port.ts": text(with5((n) => n === 1)), "tide.ts": text([line(1)]) });
    expect((await answersOf(answer, { threads: [thread({})] })).found).toEqual(["-1", "+1"]);
  });

  it("are counted as the change found the file where the thread is on a line that was taken out", async () => {
    repository.git("checkout", "-q", "main");
    repository.git("checkout", "-q", "-B", "berths");
    const old = repository.commit({ "port.ts": text(berths) });
    repository.git("branch", "-f", "main", old);
    first = repository.commit({ "port.ts": text(berths.slice(15)) }, "Take out berths");
    const answer = repository.commit({ "port.ts": text([line(16, "tie"), ...berths.slice(16, 39), line(40, "tie")]) });
    // Lines 1 to 15 went; of what is left the first line was the sixteenth, the last the fortieth.
    expect((await answersOf(answer, { threads: [thread({ side: "removed", lastLine: 14 })] })).found).toEqual(["-1", "+1"]);
  });

  it("answer nothing that was asked later, by the author, or at an instant nobody knows", async () => {
    const answer = repository.commit({ "port.ts": text(with5((n) => n === 20)) });
    expect((await answersOf(answer, { threads: [thread({ lastLine: 20, openedAt: 2_001 })] })).found).toEqual([]);
    expect((await answersOf(answer, { threads: [thread({ lastLine: 20, openedAt: 2_000 })] })).found).toEqual(["-20", "+20"]);
    expect((await answersOf(answer, { threads: [thread({ lastLine: 20, openedBy: ada })] })).found).toEqual([]);
    expect(await answersOf(answer, { threads: [thread({ lastLine: 20, openedAt: null })] })).toMatchObject({ found: [], notPlaced: 1 });
  });

  it("are not looked for where the thread's commit is gone: it is counted", async () => {
    const answer = repository.commit({ "port.ts": text(with5((n) => n === 20)) });
    const threads = [thread({ lastLine: 20, commit: "e".repeat(40) })];
    expect(await answersOf(answer, { threads })).toEqual({ found: [], of: 2, notPlaced: 1 });
  });
});

describe("lines written after changes were asked for", () => {
  const at = async (writtenAt: number, reviews: readonly ForgeReview[]): Promise<number> => {
    const answer = repository.commit({ "port.ts": text(with5((n) => n === 3)) });
    return (await answersOf(answer, { reviews }, writtenAt)).found.length;
  };

  it("answer until the next approval, wherever they are", async () => {
    const reviews = [review("approved", 4_000), review("changes_requested", 1_000), review("commented", 2_000)];
    expect(await at(999, reviews)).toBe(0);
    repository.commit({ "port.ts": text(berths) });
    expect(await at(1_000, reviews)).toBe(2);
    repository.commit({ "port.ts": text(berths) });
    expect(await at(3_999, reviews)).toBe(2);
  });

  it("answer nothing after the approval, and again after the next request", async () => {
    const reviews = [review("changes_requested", 1_000), review("approved", 4_000), review("changes_requested", 6_000)];
    expect(await at(4_000, reviews)).toBe(0);
    repository.commit({ "port.ts": text(berths) });
    expect(await at(9_000, reviews)).toBe(2);
  });

  it("are none where nobody asked for changes, or nobody knows when", async () => {
    expect(await at(2_000, [review("commented", 1_000), review("changes_requested", null)])).toBe(0);
  });
});
