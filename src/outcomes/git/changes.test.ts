import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change } from "../../contract/history.ts";
import { findChanges } from "./changes.ts";
import { openRepository } from "./index.ts";
import { TestRepository, readHistory } from "./test-repository.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

/** Ids of the changes, and for each commit of the repository the id of its change. */
async function changesOf(): Promise<{ readonly changes: readonly Change[]; readonly of: (hash: string) => string }> {
  const { commits, history } = await readHistory(repository.dir);
  const refs = (await openRepository(repository.dir, process.env))?.refs ?? [];
  const { changes, changeOf } = findChanges(commits, refs, history.tip);
  return { changes, of: (hash) => changes[changeOf[commits.findIndex((commit) => commit.hash === hash)] ?? -1]?.id ?? "-" };
}

const branch = (name: string, from = "main"): string => repository.git("checkout", "-q", "-b", name, from);
const pullHead = (number: number, commit: string): string => repository.git("update-ref", `refs/pull/${number}/head`, commit);

describe("changes", () => {
  it("are merged and squashed pull requests, open ones, and direct pushes", async () => {
    const start = repository.commit({ "a.txt": "a\n" }, "start");
    branch("one");
    const inner = [repository.commit({ "b.txt": "b\n" }), repository.commit({ "b.txt": "b\nb\n" })];
    repository.git("checkout", "-q", "main");
    const merge = repository.merge(["one"], "Merge pull request #1 from owner/one");
    branch("two");
    const squashed = repository.commit({ "c.txt": "c\n" });
    pullHead(2, squashed);
    repository.git("checkout", "-q", "main");
    const squash = repository.commit({ "c.txt": "c\n" }, "Add c (#2)");
    branch("three");
    const open = repository.commit({ "d.txt": "d\n" });
    pullHead(3, open);
    repository.git("checkout", "-q", "main");
    const push = repository.commit({ "e.txt": "e\n" }, "straight");
    const { changes, of } = await changesOf();
    expect(changes.map(({ id, evidence, landedCommit, headCommit }) => [id, evidence, landedCommit, headCommit])).toEqual([
      ["pull:1", "merge_subject", merge, null],
      ["pull:2", "squash_subject", squash, squashed],
      ["pull:3", "pull_head", null, open],
      [`push:${start}`, "push", start, null],
      [`push:${push}`, "push", push, null],
    ]);
    expect([start, ...inner, merge, squashed, squash, open, push].map(of)).toEqual([
      `push:${start}`,
      "pull:1",
      "pull:1",
      "pull:1",
      "pull:2",
      "pull:2",
      "pull:3",
      `push:${push}`,
    ]);
    expect(changes[0]?.landedAt).toBe(Date.UTC(2026, 0, 5, 12)); // the fourth commit
  });

  it("leave an inner pull request its commits, and give the outer one the rest", async () => {
    repository.commit({ "a.txt": "a\n" });
    branch("outer");
    const outerFirst = repository.commit({ "b.txt": "b\n" });
    branch("inner", "outer");
    const inner = repository.commit({ "c.txt": "c\n" });
    repository.git("checkout", "-q", "outer");
    const innerMerge = repository.merge(["inner"], "Merge pull request #2 from owner/inner");
    const outerLast = repository.commit({ "d.txt": "d\n" });
    repository.git("checkout", "-q", "main");
    const outerMerge = repository.merge(["outer"], "Merge pull request #1 from owner/outer");
    const { changes, of } = await changesOf();
    expect(changes.slice(0, 2).map(({ id, landedCommit }) => [id, landedCommit])).toEqual([
      ["pull:1", outerMerge],
      ["pull:2", outerMerge],
    ]);
    expect([outerFirst, inner, innerMerge, outerLast, outerMerge].map(of)).toEqual(["pull:1", "pull:2", "pull:2", "pull:1", "pull:1"]);
  });

  it("are landed where the default branch contains the head, under their own evidence", async () => {
    repository.commit({ "a.txt": "a\n" });
    branch("one");
    const inner = repository.commit({ "b.txt": "b\n" });
    const head = repository.commit({ "b.txt": "b\nb\n" });
    pullHead(1, head);
    repository.git("checkout", "-q", "main");
    const merge = repository.merge(["one"], "Merge by hand");
    branch("two");
    const forwarded = repository.commit({ "c.txt": "c\n" });
    pullHead(2, forwarded);
    repository.git("checkout", "-q", "main");
    repository.git("merge", "-q", "--ff-only", "two");
    const { changes, of } = await changesOf();
    expect(changes.slice(0, 2).map(({ id, evidence, landedCommit }) => [id, evidence, landedCommit])).toEqual([
      ["pull:1", "head_is_ancestor", merge],
      ["pull:2", "head_is_ancestor", forwarded],
    ]);
    expect([inner, head, merge, forwarded].map(of)).toEqual(["pull:1", "pull:1", "pull:1", "pull:2"]);
    expect(changes).toHaveLength(3); // and the first commit, pushed
  });

  it("give stacked open pull requests each its own commits, and claim no branch without one", async () => {
    repository.commit({ "a.txt": "a\n" });
    branch("lower");
    const lower = repository.commit({ "b.txt": "b\n" });
    branch("upper");
    const upper = repository.commit({ "c.txt": "c\n" });
    branch("nobody", "main");
    const nobody = repository.commit({ "d.txt": "d\n" });
    pullHead(9, lower);
    pullHead(4, upper);
    const { of } = await changesOf();
    expect([lower, upper, nobody].map(of)).toEqual(["pull:9", "pull:4", "-"]);
  });
});
