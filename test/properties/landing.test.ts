/**
 * However a branch lands (merged, squashed, rebased, amended, split, re-wrapped by a formatter), its dollars end in the same
 * fates: a written line has one fate, that of its furthest copy (MEASURES 1).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate } from "../../src/attribution/allocation.ts";
import { fate } from "../../src/attribution/fates.ts";
import { LineEnds } from "../../src/attribution/line-ends.ts";
import { type TurnWrite, artefactsOf } from "../../src/attribution/lives.ts";
import { linkWrites } from "../../src/attribution/link.ts";
import { splitCharge } from "../../src/attribution/split.ts";
import { writeOf } from "../../src/attribution/test-writes.ts";
import { findChanges } from "../../src/outcomes/git/changes.ts";
import { findReleases } from "../../src/outcomes/git/releases.ts";
import { TestRepository, readHistory } from "../../src/outcomes/git/test-repository.ts";
import { call, session, usage } from "./session-builder.ts";

const hour = 3_600_000;
const day = 24 * hour;
const startAt = Date.UTC(2026, 0, 2);
const files = ["berth.ts", "crane.ts"] as const;
type File = (typeof files)[number];
type Tree = Readonly<Record<File, readonly string[]>>;

/** A repository whose clock the test sets. */
class DatedRepository extends TestRepository {
  now = startAt;

  override get environment(): Record<string, string> {
    const date = new Date(this.now ?? startAt).toISOString(); // git init comes before the field
    return { ...super.environment, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  }

  tree(tree: Tree, form: Form = asWritten): Record<string, string> {
    return Object.fromEntries(
      files.map((file) => [
        file,
        tree[file]
          .flatMap(form)
          .map((line) => `${line}\n`)
          .join(""),
      ]),
    );
  }
}

/** How a written line stands in the file that is committed. */
type Form = (line: string) => readonly string[];
const asWritten: Form = (line) => [line];
/** What a formatter makes of calls: one argument a line, a comma behind the last, single quotation marks. */
const rewrapped: Form = (line) => {
  const found = /^(\w+)\((.*)\);$/.exec(line);
  if (!found) return [line];
  return [`${found[1]}(`, ...(found[2] as string).split(", ").map((part) => `  ${part.replaceAll('"', "'")},`), ");"];
};

interface Step {
  readonly by: "agent" | "person";
  readonly file: File;
  /** Where of the file, in thousandths. */
  readonly at: number;
  readonly takesOut: number;
  readonly putsIn: number;
  /** A commit follows, where the branch is not split. */
  readonly commits: boolean;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom("agent", "agent", "agent", "person"),
  file: fc.constantFrom(...files),
  at: fc.nat(1000),
  takesOut: fc.constantFrom(0, 0, 1, 2, 4),
  putsIn: fc.constantFrom(0, 1, 2, 3, 6),
  commits: fc.boolean(),
});

interface Branch {
  readonly base: Tree;
  /** The files after each step. */
  readonly states: readonly Tree[];
  readonly steps: readonly Step[];
  readonly writes: readonly TurnWrite[];
  /** Who put a line in, and who took it out last. */
  readonly addedBy: ReadonlyMap<string, Step["by"]>;
  readonly removedBy: ReadonlyMap<string, Step["by"]>;
}

const stepAt = (i: number): number => startAt + (i + 1) * hour;

/** @param told leaves out what no commit and no log tells: an agent takes out nothing that a person typed on the branch */
function branchOf(steps: readonly Step[], told = true): Branch {
  const base: Tree = {
    "berth.ts": Array.from({ length: 8 }, (_, i) => `const quay${i} = harbour.quays[${i}];`),
    "crane.ts": Array.from({ length: 6 }, (_, i) => `const hoist${i} = harbour.hoists[${i}];`),
  };
  let tree = base;
  let made = 0;
  const states: Tree[] = [];
  const writes: TurnWrite[] = [];
  const addedBy = new Map<string, Step["by"]>();
  const removedBy = new Map<string, Step["by"]>();
  steps.forEach(({ by, file, at, takesOut, putsIn }, i) => {
    const before = tree[file];
    const from = Math.floor((at / 1001) * (before.length + 1));
    // What a person takes out before any commit no log tells: only lines that were there before the branch.
    const out = before.slice(from, from + takesOut);
    const isUntold = (line: string): boolean => (by === "person" ? line.startsWith("moor") : told && addedBy.get(line) === "person");
    const removed = out.some(isUntold) ? [] : out;
    const added = Array.from({ length: putsIn }, () => `moor${made}(vessel${made * 7}, "basin ${made * 13}", ${made++ * 31});`);
    tree = { ...tree, [file]: [...before.slice(0, from), ...added, ...before.slice(from + removed.length)] };
    states.push(tree);
    for (const line of added) addedBy.set(line, by);
    for (const line of removed) removedBy.set(line, by);
    if (by === "agent" && removed.length + added.length > 0) writes.push(writeOf("s", stepAt(i), file, { removed, added }, i + 1));
  });
  return { base, states, steps, writes, addedBy, removedBy };
}

/**
 * Whether each commit of each way to land shows enough of the session to link it by content: all of the commit, or two lines
 * that are a tenth of it (docs/decisions/0003). One line of an agent among a person's is evidence of nothing, and which commit
 * it stands in decides who its neighbours are: there the ways to land may differ, and no rule could make them agree.
 */
function isEvident({ base, states, steps, addedBy, removedBy }: Branch): boolean {
  const last = states.length - 1;
  const committed = [base, ...states.filter((_, i) => steps[i]?.commits || i === last)];
  const pairs: [Tree, Tree][] = [
    [base, states[last] as Tree],
    [base, states[last - 1] ?? base],
    ...committed.slice(1).map((tree, i): [Tree, Tree] => [committed[i] as Tree, tree]),
  ];
  return pairs.every(([before, after]) => {
    const authors = files.flatMap((file) => [
      ...after[file].filter((line) => !before[file].includes(line)).map((line) => addedBy.get(line)),
      ...before[file].filter((line) => !after[file].includes(line)).map((line) => removedBy.get(line)),
    ]);
    const agents = authors.filter((by) => by === "agent").length;
    return agents === 0 || agents === authors.length || (agents >= 2 && agents >= authors.length / 10);
  });
}

/** Lands the branch of a repository that stands on main, one commit after its base. */
type Landing = (to: DatedRepository, branch: Branch) => void;

const landsAt = startAt + 2 * day;

function commitSteps(to: DatedRepository, { states, steps }: Branch, form: Form = asWritten, everyStep = false): void {
  to.git("checkout", "-q", "-b", "topic");
  states.forEach((state, i) => {
    to.now = stepAt(i) + hour / 2;
    if (everyStep || steps[i]?.commits || i === states.length - 1) to.commit(to.tree(state, form), `Step ${i}`);
  });
  to.git("checkout", "-q", "main");
  to.now = landsAt;
}

const merge = (to: DatedRepository): void => void to.merge(["topic"], "Merge pull request #1 from topic");

const landings: Readonly<Record<string, Landing>> = {
  merged: (to, branch) => {
    commitSteps(to, branch);
    merge(to);
  },
  squashed: (to, branch) => {
    commitSteps(to, branch);
    to.git("merge", "-q", "--squash", "topic");
    to.commit({}, "Moor vessels (#1)");
  },
  "squashed, the branch forgotten": (to, branch) => {
    commitSteps(to, branch);
    to.git("merge", "-q", "--squash", "topic");
    to.git("branch", "-q", "-D", "topic");
    to.commit({}, "Moor vessels (#1)");
  },
  rebased: (to, branch) => {
    commitSteps(to, branch);
    to.commit({ "other.ts": "let other = 1;\n" }, "Elsewhere");
    to.git("checkout", "-q", "-b", "rebased", "topic");
    to.git("rebase", "-q", "--empty=keep", "--keep-empty", "main");
    to.git("checkout", "-q", "main");
    to.git("merge", "-q", "--ff-only", "rebased");
  },
  "picked onto a branch that was pushed over": (to, branch) => {
    commitSteps(to, branch);
    to.git("checkout", "-q", "-b", "again");
    to.git("cherry-pick", "--allow-empty", "--keep-redundant-commits", "main..topic");
    to.git("branch", "-q", "-f", "topic", "again");
    to.git("checkout", "-q", "main");
    merge(to);
  },
  amended: (to, branch) => {
    const last = branch.states.length - 1;
    to.git("checkout", "-q", "-b", "topic");
    to.now = stepAt(last - 1) + hour / 2;
    to.commit(to.tree(branch.states[last - 1] ?? branch.base), "All of it");
    to.now = stepAt(last) + hour / 2;
    for (const [path, content] of Object.entries(to.tree(branch.states[last] as Tree))) to.write(path, content);
    to.git("commit", "-q", "-a", "--amend", "--allow-empty", "--no-edit");
    to.git("checkout", "-q", "main");
    to.now = landsAt;
    merge(to);
  },
  split: (to, branch) => {
    commitSteps(to, branch, asWritten, true);
    merge(to);
  },
  "re-wrapped": (to, branch) => {
    commitSteps(to, branch, rewrapped);
    merge(to);
  },
  "re-wrapped and squashed": (to, branch) => {
    commitSteps(to, branch, rewrapped);
    to.git("merge", "-q", "--squash", "topic");
    to.commit({}, "Moor vessels (#1)");
  },
};

/** Lands a branch, replaces its last third of each file a day later, releases after forty days. @returns nano-dollars by fate */
async function fatesOf(branch: Branch, land: Landing, form: Form): Promise<Record<string, bigint>> {
  const where = new DatedRepository();
  try {
    where.commit(where.tree(branch.base), "Base");
    land(where, branch);
    where.now = landsAt + day;
    const landed = branch.states.at(-1) as Tree;
    const kept = Object.fromEntries(
      files.map((file) => [file, [...landed[file].slice(0, Math.floor((landed[file].length * 2) / 3)), "let replaced = true;"]]),
    ) as unknown as Tree;
    where.commit(where.tree(kept, form), "Replace");
    where.now = landsAt + 40 * day;
    where.commit({ "release.ts": "export const version = 1;\n" }, "Release");
    where.git("tag", "v1.0.0");
    return await dollarsOf(where, branch.writes);
  } finally {
    where.remove();
  }
}

async function dollarsOf(where: TestRepository, writes: readonly TurnWrite[]): Promise<Record<string, bigint>> {
  const { history, commits } = await readHistory(where.dir);
  const refs = where
    .git("for-each-ref", "--format=%(refname) %(objectname)")
    .split("\n")
    .map((line) => ({ kind: "ref" as const, name: line.split(" ")[0] as string, commit: line.split(" ")[1] as string }));
  const outcomes = {
    repository: 1,
    history,
    changes: findChanges(commits, refs, history.tip),
    releases: findReleases(commits, refs),
    releasedBy: null,
  };
  const linked = linkWrites(history, writes, new Map());
  const artefacts = artefactsOf(outcomes, writes, linked, new LineEnds(outcomes), new Map(), () => null);
  const usages = writes.map(({ instant }, i) => usage(i, { instant, listNanoUsd: 1_000_000_007n }));
  const segments = allocate(
    session({
      turns: writes.map(({ instant }, i) => ({
        key: `t${i}`,
        instant: instant - 1000,
        startedBy: "prompt",
        cleared: false,
        promptLength: null,
      })),
      usages,
      calls: writes.map(({ callKey, instant }, i) => call(callKey, i, "edit", { instant: instant + 1000, endedAt: instant + 2000 })),
      writes: artefacts.map((row) => row.artefacts),
    }),
    { rule: "lines", flows: true },
  );
  const asOf = history.commits[history.tip]?.commitAt as number;
  const dollars: Record<string, bigint> = {};
  for (const { usages: ids, strands } of segments) {
    for (const id of ids) {
      const parts = splitCharge(
        usages[id]?.listNanoUsd as bigint,
        strands.map(({ weight }) => weight),
      );
      strands.forEach((strand, s) => {
        const name = fate(strand, asOf);
        dollars[name] = (dollars[name] ?? 0n) + (parts[s] as bigint);
      });
    }
  }
  return dollars;
}

/** Lines that stay, lines the agent itself replaces with and without a commit between, a person's hand. */
const telling: readonly Step[] = [
  { by: "agent", file: "berth.ts", at: 500, takesOut: 2, putsIn: 6, commits: true },
  { by: "agent", file: "crane.ts", at: 0, takesOut: 0, putsIn: 3, commits: false },
  { by: "person", file: "crane.ts", at: 1000, takesOut: 0, putsIn: 2, commits: true },
  { by: "agent", file: "berth.ts", at: 500, takesOut: 4, putsIn: 6, commits: false },
  { by: "agent", file: "crane.ts", at: 0, takesOut: 1, putsIn: 1, commits: false },
];

describe("a branch", () => {
  it("ends its dollars in the same fates however it lands", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 2, maxLength: 5 }), async (steps) => {
        const branch = branchOf(steps);
        fc.pre(branch.writes.length > 0 && isEvident(branch));
        const merged = await fatesOf(branch, landings["merged"] as Landing, asWritten);
        for (const name of Object.keys(merged)) seen.add(name);
        for (const [how, land] of Object.entries(landings))
          expect(await fatesOf(branch, land, how.startsWith("re-wrapped") ? rewrapped : asWritten), how).toEqual(merged);
      }),
      // More are asked for by hand: each is nine repositories made by git.
      { numRuns: Number(process.env["ASSAY_LANDING_RUNS"] ?? 4), endOnFailure: true, examples: [[[...telling]]] },
    );
    expect([...seen].sort()).toEqual(expect.arrayContaining(["rework", "stuck", "superseded"]));
  }, 300_000);

  // Known gap: in one commit nothing is left of the person's lines, and their removal reads as abandoned; in two it is iteration.
  it.fails("in which an agent takes out what a person typed and never committed ends alike in one commit and in two", async () => {
    const branch = branchOf(
      [
        { by: "agent", file: "berth.ts", at: 9, takesOut: 4, putsIn: 2, commits: false },
        { by: "agent", file: "berth.ts", at: 961, takesOut: 4, putsIn: 6, commits: false },
        { by: "person", file: "berth.ts", at: 81, takesOut: 0, putsIn: 6, commits: false },
        { by: "agent", file: "berth.ts", at: 8, takesOut: 4, putsIn: 0, commits: true },
        { by: "agent", file: "berth.ts", at: 999, takesOut: 4, putsIn: 2, commits: true },
      ],
      false,
    );
    const merged = await fatesOf(branch, landings["merged"] as Landing, asWritten);
    expect(await fatesOf(branch, landings["split"] as Landing, asWritten)).toEqual(merged);
  });
});
