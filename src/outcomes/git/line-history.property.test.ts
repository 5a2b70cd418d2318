import fc from "fast-check";
import { expect, it } from "vitest";
import { type ReadHistory, TestRepository, readHistory } from "./test-repository.ts";

/** What happens next in a small invented repository. Places are taken modulo what there is. */
type Step =
  | { readonly kind: "edit"; readonly file: number; readonly at: number; readonly remove: number; readonly add: readonly number[] }
  | { readonly kind: "rename"; readonly file: number }
  | { readonly kind: "delete"; readonly file: number }
  | { readonly kind: "branch"; readonly from: number }
  | { readonly kind: "switch"; readonly to: number }
  | { readonly kind: "merge"; readonly from: number; readonly takeTheirs: boolean };

const place = fc.nat({ max: 40 });
const edit = fc.record({
  kind: fc.constant("edit" as const),
  file: place,
  at: place,
  remove: fc.nat({ max: 4 }),
  add: fc.array(fc.nat({ max: 30 }), { maxLength: 4 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: edit },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), file: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), file: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("branch" as const), from: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("switch" as const), to: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("merge" as const), from: place, takeTheirs: fc.boolean() }) },
);

/** Plays the steps with files that begin long enough to be found again under another name. */
function play(repository: TestRepository, steps: readonly Step[], repeats: boolean): void {
  const line = (file: string, n: number): string => `${file} holds the line number ${n}\n`;
  const files = ["a", "b"].map((name) => [`${name}.txt`, Array.from({ length: 20 }, (_, n) => line(name, n)).join("")] as const);
  repository.commit(Object.fromEntries(files));
  const branches = ["main"];
  let fresh = 0;
  let written = 0;
  const paths = (): readonly string[] => repository.git("ls-files").split("\n").filter(Boolean);
  for (const next of steps) {
    const there = paths();
    const path = "file" in next ? there[next.file % there.length] : undefined;
    if (next.kind === "branch") {
      branches.push(`b${branches.length}`);
      repository.git("checkout", "-q", "-b", branches.at(-1) as string, branches[next.from % (branches.length - 1)] as string);
    } else if (next.kind === "switch") repository.git("checkout", "-q", branches[next.to % branches.length] as string);
    else if (next.kind === "merge") merge(repository, branches[next.from % branches.length] as string, next.takeTheirs);
    else if (path === undefined) repository.commit({ [`new${fresh++}.txt`]: line("new", fresh) });
    else if (next.kind === "delete") repository.commit({ [path]: null });
    else if (next.kind === "rename") {
      repository.git("mv", path, `renamed${fresh++}.txt`);
      repository.commit({});
    } else {
      const lines = repository
        .git("show", `:${path}`)
        .split("\n")
        .map((text) => `${text}\n`);
      lines.splice(next.at % (lines.length + 1), next.remove, ...next.add.map((n) => line(repeats ? "edit" : `edit ${written++} of`, n)));
      repository.commit({ [path]: lines.join("") });
    }
  }
  repository.git("checkout", "-q", "main");
  for (const branch of branches.slice(1)) merge(repository, branch, false);
}

function merge(repository: TestRepository, branch: string, takeTheirs: boolean): void {
  const side = takeTheirs ? "theirs" : "ours";
  const before = repository.head();
  try {
    repository.git("merge", "-q", "--no-ff", "-X", side, "-m", `merge ${branch}`, branch);
  } catch {
    // names or deletions in conflict: the merge is given up, the branch stays as it is
    repository.git("merge", "--abort");
  }
  if (repository.head() !== before) repository.git("commit", "-q", "--amend", "--no-edit");
}

/** path → commit `git blame` names, line by line. */
function blame(repository: TestRepository): ReadonlyMap<string, readonly string[]> {
  const paths = repository.git("ls-files").split("\n").filter(Boolean);
  return new Map(
    paths.map((path) => {
      const told = repository.git("blame", "--line-porcelain", "HEAD", "--", path).split("\n");
      return [path, told.flatMap((line) => /^([0-9a-f]{40}) \d+ \d+/.exec(line)?.[1] ?? [])];
    }),
  );
}

/** Lines of the trees of the first-parent chain, oldest first, as git counts them. */
function countsByGit(repository: TestRepository): readonly number[] {
  const count = (commit: string): number =>
    repository
      .git("ls-tree", "-r", "--name-only", commit)
      .split("\n")
      .filter(Boolean)
      .map((path) => repository.git("cat-file", "blob", `${commit}:${path}`))
      .reduce((sum, text) => sum + (text === "" ? 0 : text.split("\n").length), 0);
  return repository.git("rev-list", "--first-parent", "--reverse", "main").split("\n").map(count);
}

/** The same counts out of the table: landed by then, not died yet. */
function countsByHistory({ history }: ReadHistory): readonly number[] {
  const chain = [...history.onChain.keys()].filter((index) => history.onChain[index] === 1);
  return chain.map((index) => {
    let alive = 0;
    for (let id = 0; id < history.lines; id++) {
      const landed = history.landed[id] as number;
      const died = history.died[id] as number;
      if (landed !== -1 && landed <= index && (died === -1 || died > index)) alive++;
    }
    return alive;
  });
}

it.each([
  ["all different", false, 0],
  ["repeated", true, 0.01], // of two equal lines blame may name the other one
])(
  "agrees with git blame and with the trees of old commits on invented histories whose lines are %s",
  async (_, repeats, tolerance) => {
    let lines = 0;
    let differing = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 22 }), async (steps) => {
        const repository = new TestRepository();
        try {
          play(repository, steps, repeats);
          const read = await readHistory(repository.dir);
          for (const [path, named] of blame(repository)) {
            const born = read.born(path);
            expect(born).toHaveLength(named.length);
            lines += named.length;
            differing += named.filter((hash, i) => hash !== born[i]).length;
          }
          expect(countsByHistory(read)).toEqual(countsByGit(repository));
        } finally {
          repository.remove();
        }
      }),
      { numRuns: 12, seed: 1 },
    );
    expect(lines).toBeGreaterThan(100);
    expect(differing / lines).toBeLessThanOrEqual(tolerance);
  },
  240_000,
);
