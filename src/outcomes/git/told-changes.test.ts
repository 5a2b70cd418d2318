import { afterEach, beforeEach, expect, it } from "vitest";
import type { ToldChange } from "../../contract/history.ts";
import { findChanges } from "./changes.ts";
import { openRepository } from "./index.ts";
import { TestRepository, readHistory } from "./test-repository.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const told = (number: number, rest: Partial<ToldChange>): ToldChange => ({
  number,
  state: "landed",
  landedAt: null,
  landingCommits: [],
  headCommit: null,
  toDefault: true,
  ...rest,
});

async function changesWith(changes: readonly ToldChange[], issues: readonly number[] = []) {
  const { commits, history } = await readHistory(repository.dir);
  const refs = (await openRepository(repository.dir, process.env))?.refs ?? [];
  const found = findChanges(commits, refs, history.tip, { changes, issues: new Set(issues) });
  const of = (hash: string): string => found.changes[found.changeOf[commits.findIndex((commit) => commit.hash === hash)] ?? -1]?.id ?? "-";
  return { changes: found.changes, of };
}

it("takes the landing of a change from its forge where no subject names it: a rebase, a renamed squash", async () => {
  repository.commit({ "a.txt": "a\n" }, "start");
  const landing = repository.commit({ "b.txt": "b\n" }, "Add b");
  const { changes, of } = await changesWith([told(5, { landingCommits: [landing], landedAt: 99 })]);
  expect(changes[0]).toMatchObject({ id: "pull:5", state: "landed", landedCommit: landing, landedAt: 99, evidence: "forge" });
  expect(of(landing)).toBe("pull:5");
});

it("keeps git's name for the evidence where git would have told the same", async () => {
  repository.commit({ "a.txt": "a\n" }, "start");
  const landing = repository.commit({ "b.txt": "b\n" }, "Add b (#5)");
  const { changes } = await changesWith([told(5, { landingCommits: [landing] })]);
  expect(changes[0]).toMatchObject({ evidence: "squash_subject", landedCommit: landing });
});

it("believes the forge that a change is closed, and gives the commit that bears its number to a push", async () => {
  repository.commit({ "a.txt": "a\n" }, "start");
  const other = repository.commit({ "b.txt": "b\n" }, "Do by hand what was proposed (#5)");
  const { changes, of } = await changesWith([told(5, { state: "closed" })]);
  expect(changes[0]).toMatchObject({ id: "pull:5", state: "closed", landedCommit: null, landedAt: null, evidence: "forge" });
  expect(of(other)).toBe(`push:${other}`);
});

it("takes the number of an issue for no change", async () => {
  repository.commit({ "a.txt": "a\n" }, "start");
  const fix = repository.commit({ "b.txt": "b\n" }, "Mend what was told (#9)");
  const { changes, of } = await changesWith([], [9]);
  expect(changes.map(({ id }) => id)).not.toContain("pull:9");
  expect(of(fix)).toBe(`push:${fix}`);
});

it("knows an open change by its forge alone, and gives its head's commits to it", async () => {
  repository.commit({ "a.txt": "a\n" }, "start");
  repository.git("checkout", "-q", "-b", "open");
  const head = repository.commit({ "b.txt": "b\n" }, "propose");
  repository.git("checkout", "-q", "main");
  const { changes, of } = await changesWith([told(6, { state: "open", headCommit: head })]);
  expect(changes[0]).toMatchObject({ id: "pull:6", state: "open", landedCommit: null, headCommit: head });
  expect(of(head)).toBe("pull:6");
});

it("says a change landed whose commit is not in this copy, unless it landed on another branch", async () => {
  repository.commit({ "a.txt": "a\n" }, "start");
  const gone = ["f".repeat(40)];
  const { changes } = await changesWith([
    told(5, { landingCommits: gone, landedAt: 99 }),
    told(6, { landingCommits: gone, landedAt: 99, toDefault: false }),
  ]);
  expect(changes.slice(0, 2)).toMatchObject([
    { number: 5, landedCommit: null, landedAt: 99, evidence: "forge" },
    { number: 6, landedCommit: null, landedAt: null, state: "landed" },
  ]);
});
