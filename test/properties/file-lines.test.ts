/** What is held of a file between questions changes no answer. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { FileLines } from "../../src/attribution/file-lines.ts";
import { inventCommits, inventedSteps } from "../../src/outcomes/git/invented-commits.ts";
import { LineHistory } from "../../src/outcomes/git/line-history.ts";

it("the lines before any commit are those of a replay from the start, in whatever order they are asked for", () => {
  let followed = 0;
  fc.assert(
    fc.property(inventedSteps, fc.infiniteStream(fc.nat()), (steps, picks) => {
      const commits = inventCommits(steps);
      const line = new LineHistory(commits, commits.at(-1)?.hash ?? null);
      for (const commit of commits) line.apply(commit);
      const history = { commits, ...line.finish() };
      const questions = commits.flatMap(({ files }, commit) => files.map((_, file) => [commit, file] as const));
      const again = questions.map(() => questions[(picks.next().value as number) % questions.length] as readonly [number, number]);
      const files = new FileLines(history);
      for (const [commit, file] of [...questions, ...again]) {
        const held = files.before(commit, file);
        const replayed = new FileLines(history).before(commit, file);
        if (replayed !== null && replayed.length > 0) followed++;
        expect(held).toEqual(replayed);
        // What the commit removes is what stood there.
        const change = commits[commit]?.files[file];
        const ids = history.changed[commit]?.[file]?.ids;
        if (held === null || change === undefined || ids === undefined || change.status === "added") continue;
        const { hunks } = change.diff;
        for (let h = 0, place = 0; h < hunks.length; h += 4) {
          const [start, removed, added] = [hunks[h], hunks[h + 1], hunks[h + 3]] as [number, number, number];
          for (let i = 0; i < removed; i++) if ((ids[place + i] as number) >= 0) expect(held[start - 1 + i]).toBe(ids[place + i]);
          place += removed + added;
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(followed).toBeGreaterThan(300);
});
