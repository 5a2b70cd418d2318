import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChangesResult, ReleasesResult, ToldChanges } from "../contract/history.ts";
import { findChanges } from "../outcomes/git/changes.ts";
import { findReleases } from "../outcomes/git/releases.ts";
import { type ReadHistory, TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { type LinkResult, type NamedSessions, linkWrites } from "./link.ts";
import { LineEnds } from "./line-ends.ts";
import { type RepositoryOutcomes, type TurnWrite, artefactsOf, authorsOf, landingIsRelease } from "./lives.ts";
import type { ArtefactGroup, WriteArtefacts } from "./model.ts";
import { linesOf, text, writeOf } from "./test-writes.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const hour = 3_600_000;
const day = 24 * hour;
const [berths, cranes, tides] = [linesOf("berth", 5), linesOf("crane", 5), linesOf("tide", 5)];

interface Outcome extends RepositoryOutcomes {
  readonly changes: ChangesResult;
  readonly releases: ReleasesResult;
  readonly linked: LinkResult;
  readonly artefacts: readonly WriteArtefacts[];
  /** Committer date of a commit. */
  at(commit: string): number;
}

/** What became of writes in a repository; `writes` may ask when a commit was made. */
async function outcomeOf(
  where: TestRepository,
  writes: (at: (commit: string) => number) => readonly TurnWrite[],
  named: (read: ReadHistory) => NamedSessions = () => new Map(),
  told: ToldChanges | null = null,
): Promise<Outcome> {
  const read = await readHistory(where.dir);
  const { history, commits } = read;
  const refs = where
    .git("for-each-ref", "--format=%(refname) %(objectname)")
    .split("\n")
    .map((line) => ({ kind: "ref" as const, name: line.split(" ")[0] as string, commit: line.split(" ")[1] as string }));
  const outcomes = {
    repository: 1,
    history,
    changes: findChanges(commits, refs, history.tip, told),
    releases: findReleases(commits, refs),
    releasedBy: null,
  };
  const at = (commit: string): number => commits.find(({ hash }) => hash === commit)?.commitAt as number;
  const sorted = [...writes(at)].sort((a, b) => a.instant - b.instant);
  const linked = linkWrites(history, sorted, named(read));
  const lastCall = (session: string, instant: number): string => `${session} before ${instant}`;
  const artefacts = artefactsOf(outcomes, sorted, linked, new LineEnds(outcomes), new Map(), lastCall).map((row) => row.artefacts);
  return { ...outcomes, linked, artefacts, at };
}

/** The groups of one write, what they weigh and how they ended. */
function lives({ artefacts }: Outcome, write: number): string[] {
  return (artefacts[write]?.groups ?? []).map(({ lines, side, weightTenths, life }) => {
    const end = life.death ?? (life.supersededAt === null ? (life.landedAt === null ? "open" : "lives") : "superseded");
    return `${lines} ${side} ${weightTenths} ${life.landedAt === null ? "not landed" : "landed"} ${end}`;
  });
}

const groupOf = ({ artefacts }: Outcome, write: number, group = 0): ArtefactGroup => artefacts[write]?.groups[group] as ArtefactGroup;

describe("the life of written lines", () => {
  it("is iteration where a change that landed commit by commit takes it out again, though its forge names the last one alone", async () => {
    repository.commit({ "README.md": "The port." });
    const first = repository.commit({ "a.ts": text(...berths, ...cranes) });
    repository.write("a.ts", text(...berths));
    repository.git("commit", "-q", "-a", "-m", "Without cranes"); // in the same second
    const last = repository.head();
    const told: ToldChanges = {
      changes: [{ number: 7, state: "landed", landedAt: null, closedAt: null, landingCommits: [last], headCommit: null, toDefault: true }],
      issues: new Set(),
    };
    const writes = (at: (commit: string) => number) => [writeOf("s", at(first) - hour, "a.ts", { added: [...berths, ...cranes] })];
    const outcome = await outcomeOf(repository, writes, undefined, told);
    expect(lives(outcome, 0)).toEqual(["5 added 50 landed lives", "5 added 50 not landed superseded"]);
  });

  it("goes on where a revert was reverted: a re-land restores it (RULINGS 26)", async () => {
    const landed = repository.commit({ "a.ts": text(...tides, ...berths) });
    repository.git("revert", "--no-edit", landed);
    repository.git("revert", "--no-edit", repository.head());
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(landed) - hour, "a.ts", { added: [...tides, ...berths] })]);
    expect(lives(outcome, 0)).toEqual(["10 added 100 landed lives"]);
  });

  it("goes on where a revert and its own revert came by merges, which are named in their stead", async () => {
    const landed = repository.commit({ "a.ts": text(...tides, ...berths) });
    const mergedRevert = (branch: string, ...revert: readonly string[]): string => {
      repository.git("checkout", "-q", "-b", branch);
      repository.git("revert", "--no-edit", ...revert);
      repository.git("checkout", "-q", "main");
      return repository.merge([branch], `Merge branch ${branch}`);
    };
    const reverted = mergedRevert("undo", landed);
    mergedRevert("redo", "-m", "1", reverted);
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(landed) - hour, "a.ts", { added: [...tides, ...berths] })]);
    expect(lives(outcome, 0)).toEqual(["10 added 100 landed lives"]);
  });

  it("of a removal ends where a revert put the line back", async () => {
    repository.commit({ "a.ts": text(...tides, ...berths) });
    const removing = repository.commit({ "a.ts": text(...tides) });
    repository.git("revert", "--no-edit", removing);
    const reverting = repository.head();
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(removing) - hour, "a.ts", { removed: berths })]);
    expect(lives(outcome, 0)).toEqual(["5 removed 50 landed reverted"]);
    expect(groupOf(outcome, 0).life).toMatchObject({
      landedAt: outcome.at(removing),
      diedAt: outcome.at(reverting),
      deathCommit: reverting,
    });
  });

  it("is dated by its write, its commit, its landing and the first release that has it", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const tagged = repository.commit({ "b.ts": text(...tides) });
    repository.git("tag", "v1.0.0");
    repository.commit({ "c.ts": text(...cranes) });
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(commit) - hour, "a.ts", { added: berths })]);
    const { at } = outcome;
    expect(groupOf(outcome, 0)).toEqual({
      repository: 1,
      change: 0,
      commit,
      grade: "B",
      side: "added",
      lineKind: "code",
      authorKind: "agent",
      lines: 5,
      weightTenths: 50,
      unlinkedReason: null,
      horizon: at(repository.head()),
      landingIsRelease: false,
      life: {
        writtenAt: at(commit) - hour,
        committedAt: at(commit),
        landedAt: at(commit),
        releasedAt: at(tagged),
        diedAt: null,
        death: null,
        deathCommit: null,
        supersededAt: null,
        undoneAt: null,
        lastActiveAt: at(commit),
        repair: null,
        answersAt: null,
      },
    });
  });

  it("weighs comments a half, trivial lines a tenth and generated ones nothing", async () => {
    const lines = ["// what a berth is", berths[0] as string, berths[1] as string, "}"];
    const commit = repository.commit({ "a.ts": text(...lines), "go.sum": text(...tides) });
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(commit) - hour, "a.ts", { added: lines }),
      writeOf("s", at(commit) - hour + 1, "go.sum", { added: tides }),
    ]);
    const weights = outcome.artefacts
      .flatMap(({ groups }) => groups)
      .map(({ lineKind, lines: count, weightTenths }) => `${lineKind} ${count} ${weightTenths}`);
    expect(weights.sort()).toEqual(["code 2 20", "comment 1 5", "generated 5 0", "trivial 1 1"]);
  });

  it("of what the commit of its neighbours left out is superseded; a brace of it weighs nothing", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(commit) - hour, "a.ts", { added: [...berths, "}", cranes[0] as string] }),
    ]);
    expect(lives(outcome, 0)).toEqual(["5 added 50 landed lives", "1 added 0 not landed superseded", "1 added 10 not landed superseded"]);
  });

  it("weighs a data file of a thousand lines and more as a thousand", async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => `"berth ${i}": "harbour ${i}",`);
    const commit = repository.commit({ "berths.json": text(...rows) });
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(commit) - hour, "berths.json", { added: rows })]);
    expect([groupOf(outcome, 0).lines, groupOf(outcome, 0).weightTenths]).toEqual([1_200, 10_000]);
  });

  it("ends before it landed where its branch replaced it", async () => {
    repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    const first = repository.commit({ "a.ts": text(...tides, ...berths) });
    const second = repository.commit({ "a.ts": text(...tides, ...cranes) });
    repository.git("checkout", "-q", "main");
    const merge = repository.merge(["topic"], "Merge pull request #1 from topic");
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(first) - hour, "a.ts", { added: berths }),
      writeOf("t", at(second) - hour, "a.ts", { removed: berths, added: cranes }),
    ]);
    const { at } = outcome;
    expect(lives(outcome, 0)).toEqual(["5 added 50 not landed superseded"]);
    expect(groupOf(outcome, 0).life).toMatchObject({
      committedAt: at(first),
      supersededAt: at(second),
      deathCommit: second,
      landedAt: null,
    });
    // Taking out what never landed weighs nothing beside what came instead.
    expect(lives(outcome, 1)).toEqual(["5 removed 0 not landed superseded", "5 added 50 landed lives"]);
    expect(groupOf(outcome, 1, 1).life).toMatchObject({ committedAt: at(second), landedAt: at(merge) });
  });

  it("says how it ended on the default branch: replaced, removed, or taken out by a revert", async () => {
    const replaced = repository.commit({ "a.ts": text(...berths) });
    const removed = repository.commit({ "b.ts": text(...tides, ...cranes) });
    const reverted = repository.commit({ "c.ts": text(...berths.map((line) => `${line} // c`)) });
    const replacing = repository.commit({ "a.ts": text("const other = 1;") });
    const removing = repository.commit({ "b.ts": text(...tides) });
    repository.git("revert", "--no-edit", reverted);
    const reverting = repository.head();
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(replaced) - hour, "a.ts", { added: berths }),
      writeOf("s", at(removed) - hour, "b.ts", { added: [...tides, ...cranes] }),
      writeOf("s", at(reverted) - hour, "c.ts", { added: berths.map((line) => `${line} // c`) }),
    ]);
    const { at } = outcome;
    expect([0, 1, 2].map((write) => lives(outcome, write))).toEqual([
      ["5 added 50 landed replaced"],
      ["5 added 50 landed lives", "5 added 50 landed removed"],
      ["5 added 50 landed reverted"],
    ]);
    expect(groupOf(outcome, 0).life).toMatchObject({ diedAt: at(replacing), deathCommit: replacing });
    expect(groupOf(outcome, 1, 1).life).toMatchObject({ diedAt: at(removing), deathCommit: removing });
    expect(groupOf(outcome, 2).life).toMatchObject({ diedAt: at(reverting), deathCommit: reverting });
  });

  it("of a removal begins with the landing that took the line out", async () => {
    repository.commit({ "a.ts": text(...tides, ...berths) });
    const removing = repository.commit({ "a.ts": text(...tides) });
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(removing) - hour, "a.ts", { removed: berths })]);
    expect(lives(outcome, 0)).toEqual(["5 removed 50 landed lives"]);
    expect(groupOf(outcome, 0).life.landedAt).toBe(outcome.at(removing));
  });

  it("goes on where the lines were moved, and ends where they end", async () => {
    const born = repository.commit({ "a.ts": text(...tides, ...berths), "b.ts": text("let b = 1;") });
    repository.commit({ "a.ts": text(...tides), "b.ts": text("let b = 1;", ...berths) });
    const moved = await outcomeOf(repository, (at) => [writeOf("s", at(born) - hour, "a.ts", { added: [...tides, ...berths] })]);
    expect(lives(moved, 0).sort()).toEqual(["10 added 100 landed lives"]);
    const killing = repository.commit({ "b.ts": text("let b = 1;") });
    const ended = await outcomeOf(repository, (at) => [writeOf("s", at(born) - hour, "a.ts", { added: [...tides, ...berths] })]);
    expect(lives(ended, 0).sort()).toEqual(["5 added 50 landed lives", "5 added 50 landed removed"]);
    expect(ended.artefacts[0]?.groups.map(({ life }) => life.diedAt)).toEqual([null, ended.at(killing)]);
  });

  it("is that of its furthest copy, however often it was committed", async () => {
    repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    const onBranch = repository.commit({ "a.ts": text(...tides, ...berths) });
    repository.git("checkout", "-q", "main");
    repository.git("merge", "-q", "--squash", "topic");
    const squash = repository.commit({}, "Berths (#1)");
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(onBranch) - hour, "a.ts", { added: berths })]);
    expect(lives(outcome, 0)).toEqual(["5 added 50 landed lives"]);
    expect([groupOf(outcome, 0).commit, groupOf(outcome, 0).life.landedAt]).toEqual([squash, outcome.at(squash)]);
  });

  it("without a commit is open until its session's last sign of life, or superseded by a later write", async () => {
    const commit = repository.commit({ "a.ts": text(...tides) });
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(commit) - 3 * hour, "a.ts", { added: [...berths, ...cranes] }, 1),
      writeOf("s", at(commit) - 2 * hour, "a.ts", { removed: cranes }, 2),
    ]);
    const written = outcome.at(commit) - 3 * hour;
    expect(lives(outcome, 0)).toEqual(["5 added 50 not landed open", "5 added 50 not landed superseded"]);
    expect(lives(outcome, 1)).toEqual(["5 removed 0 not landed superseded"]);
    expect(groupOf(outcome, 0).life).toMatchObject({ writtenAt: written, lastActiveAt: written, committedAt: null });
    expect(groupOf(outcome, 0, 1).life.supersededAt).toBe(written + hour);
  });

  it("keeps the drafts of a turn apart from what the turn left", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(commit) - 3 * hour, "a.ts", { added: [...berths, ...cranes] }),
      writeOf("s", at(commit) - 2 * hour, "a.ts", { removed: cranes }),
    ]);
    expect(lives(outcome, 0)).toEqual(["5 added 50 landed lives"]);
    expect(outcome.artefacts.map(({ drafts }) => drafts.map(({ lines, side, life }) => [lines, side, life.undoneAt !== null]))).toEqual([
      [[5, "added", true]],
      [[5, "removed", true]],
    ]);
  });

  it("weighs a tenth where the turn only moved, indented or reformatted lines, on both sides", async () => {
    const before = repository.commit({ "a.ts": text(...tides, ...berths), "b.ts": text(...cranes) });
    const commit = repository.commit({ "a.ts": text(...tides), "b.ts": text(...cranes, ...berths.map((line) => `  ${line}`)) });
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(commit) - hour, "a.ts", { removed: berths }),
      writeOf("s", at(commit) - hour + 1, "b.ts", { added: berths.map((line) => `  ${line}`) }),
      writeOf("t", at(commit) - hour + 2, "b.ts", { removed: cranes.slice(3), added: cranes.slice(3) }),
    ]);
    // Five of ours moved; two lines are no run.
    expect([0, 1].map((write) => lives(outcome, write))).toEqual([["5 removed 5 landed lives"], ["5 added 5 landed lives"]]);
    expect(outcome.at(before)).toBeLessThan(outcome.at(commit));
    expect(lives(outcome, 2)).toEqual(["2 removed 20 not landed open", "2 added 20 not landed open"]);
  });

  it("is of agent and person where the line was edited before the commit", async () => {
    const long = 'const tariff = settle(vessel.berths, { days: 12, port: "north basin" });';
    const commit = repository.commit({ "a.ts": text(...berths, long.replace("12", "14"), ...cranes) });
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(commit) - hour, "a.ts", { added: [...berths, long, ...cranes] })]);
    expect(outcome.artefacts[0]?.groups.map(({ authorKind, grade, lines }) => `${authorKind} ${grade} ${lines}`)).toEqual([
      "agent B 10",
      "mixed B 1",
    ]);
    const authors = authorsOf(outcome.history, outcome.linked, new LineEnds(outcome));
    expect([...authors.mixed]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  });

  it("goes on in the line somebody mended before it landed, whether in a commit of its own or not; after landing it ends", async () => {
    const long = 'const tariff = settle(vessel.berths, { days: 12, port: "north basin" });';
    repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    const made = repository.commit({ "a.ts": text(...tides, long) });
    const mended = repository.commit({ "a.ts": text(...tides, long.replace("12", "14")) });
    repository.git("checkout", "-q", "main");
    const write = (at: (commit: string) => number): TurnWrite[] => [writeOf("s", at(made) - hour, "a.ts", { added: [long] })];
    expect(lives(await outcomeOf(repository, write), 0)).toEqual(["1 added 10 not landed open"]);
    repository.merge(["topic"], "Merge pull request #1 from topic");
    const outcome = await outcomeOf(repository, write);
    expect(lives(outcome, 0)).toEqual(["1 added 10 landed lives"]);
    expect(groupOf(outcome, 0)).toMatchObject({ authorKind: "mixed", commit: mended, grade: "B" });
    expect(outcome.linked.links.map(({ commit }) => outcome.history.commits[commit]?.hash)).toEqual([made]);
    repository.commit({ "a.ts": text(...tides, long.replace("12", "16")) });
    expect(lives(await outcomeOf(repository, write), 0)).toEqual(["1 added 10 landed replaced"]);
  });

  it("of a shell edit is that of its furthest copy: a squash of the named commit", async () => {
    repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    const made = repository.commit({ "a.ts": text(...tides, ...berths) });
    repository.git("checkout", "-q", "main");
    repository.git("merge", "-q", "--squash", "topic");
    const squash = repository.commit({}, "Berths (#1)");
    const named = ({ history }: ReadHistory): NamedSessions =>
      new Map([[history.commits.findIndex(({ hash }) => hash === made), [{ session: "s", evidence: "printed_hash" as const }]]]);
    const outcome = await outcomeOf(repository, () => [], named);
    expect(outcome.artefacts).toMatchObject([
      { callKey: `s before ${outcome.at(made)}`, groups: [{ lines: 5, grade: "C", commit: squash }] },
    ]);
    expect(lives(outcome, 0)).toEqual(["5 added 50 landed lives"]);
  });

  it("of lines that only evidence explains is put down to the session's last call before the commit", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const outcome = await outcomeOf(
      repository,
      () => [],
      ({ history }) => new Map([[history.commits.length - 1, [{ session: "s", evidence: "printed_hash" as const }]]]),
    );
    expect(outcome.artefacts).toMatchObject([
      { callKey: `s before ${outcome.at(commit)}`, quality: "opaque", groups: [{ lines: 5, grade: "C", commit }] },
    ]);
  });
});

describe("the same branch, merged or squashed", () => {
  /** Builds a branch of two commits, the second replacing half of the first, lands it, then kills some of it. */
  async function landed(where: TestRepository, land: (to: TestRepository) => string): Promise<string[]> {
    where.commit({ "a.ts": text(...tides) });
    where.git("checkout", "-q", "-b", "topic");
    const first = where.commit({ "a.ts": text(...tides, ...berths) });
    const second = where.commit({ "a.ts": text(...tides, ...berths.slice(0, 3), ...cranes) });
    where.git("checkout", "-q", "main");
    const landing = land(where);
    where.commit({ "a.ts": text(...tides, ...berths.slice(0, 3), ...cranes.slice(2)) });
    where.git("tag", "v1.0.0");
    const outcome = await outcomeOf(where, (at) => [
      writeOf("s", at(first) - hour, "a.ts", { added: berths }),
      writeOf("s", at(second) - hour, "a.ts", { removed: berths.slice(3), added: cranes }, 2),
    ]);
    const dates = outcome.artefacts.flatMap(({ groups }) => groups).flatMap(({ life }) => (life.landedAt === null ? [] : [life.landedAt]));
    expect(new Set(dates)).toEqual(new Set([outcome.at(landing)]));
    return [0, 1].flatMap((write) => lives(outcome, write).map((told) => `${write}: ${told}`)).sort();
  }

  it("leaves equal lives", async () => {
    const other = new TestRepository();
    try {
      const merged = await landed(repository, (to) => to.merge(["topic"], "Merge pull request #1 from topic"));
      const squashed = await landed(other, (to) => {
        to.git("merge", "-q", "--squash", "topic");
        const squash = to.commit({}, "Berths and cranes (#1)");
        to.git("update-ref", "refs/pull/1/head", "topic");
        return squash;
      });
      expect(squashed).toEqual(merged);
      expect(merged).toEqual([
        "0: 2 added 20 not landed superseded",
        "0: 3 added 30 landed lives",
        "1: 2 added 20 landed removed",
        "1: 2 removed 0 not landed superseded",
        "1: 3 added 30 landed lives",
      ]);
    } finally {
      other.remove();
    }
  });
});

describe("landing", () => {
  const outcomesOf = async (): Promise<RepositoryOutcomes> => await outcomeOf(repository, () => []);

  it("counts as release where none ever came, or none for ninety days before the horizon", async () => {
    repository.commit({ "a.ts": "1\n" });
    expect(landingIsRelease(await outcomesOf())).toBe(true);
    repository.git("tag", "v1.0.0");
    expect(landingIsRelease(await outcomesOf())).toBe(false);
    repository.commit({ "a.ts": "2\n" });
    const outcomes = await outcomesOf();
    const released = outcomes.releases.releases[0]?.releasedAt as number;
    const after = (days: number): typeof outcomes.history.commits =>
      outcomes.history.commits.map((commit) => ({ ...commit, commitAt: released + days * day }));
    expect(landingIsRelease({ ...outcomes, history: { ...outcomes.history, commits: after(90) } })).toBe(false);
    expect(landingIsRelease({ ...outcomes, history: { ...outcomes.history, commits: after(91) } })).toBe(true);
  });

  it("counts as release as the organisation says, whatever the repository shows", async () => {
    repository.commit({ "a.ts": "1\n" });
    const untagged = await outcomesOf();
    expect(landingIsRelease({ ...untagged, releasedBy: "tags" })).toBe(false);
    repository.git("tag", "v1.0.0");
    expect(landingIsRelease({ ...(await outcomesOf()), releasedBy: "landing" })).toBe(true);
  });

  it("does not count as release because of a pre-release alone", async () => {
    repository.commit({ "a.ts": "1\n" });
    repository.git("tag", "v1.0.0-rc.1");
    expect(landingIsRelease(await outcomesOf())).toBe(true);
  });
});

describe("the author of a line", () => {
  it("stays who it was where an agent only moved the line", async () => {
    repository.commit({ "a.ts": text(...tides, ...berths), "b.ts": text("let b = 1;") });
    const moving = repository.commit({ "a.ts": text(...tides), "b.ts": text("let b = 1;", ...berths) });
    const outcome = await outcomeOf(repository, (at) => [writeOf("s", at(moving) - hour, "b.ts", { added: berths })]);
    const { grade } = authorsOf(outcome.history, outcome.linked, new LineEnds(outcome));
    expect(Array.from(outcome.history.alive.get("b.ts") ?? [], (line) => grade[line])).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("of a paragraph of which somebody changed a sentence is of agent and person, and the paragraph lives on", async () => {
    const sentences = ["Whoever keeps the berth looks at its draught first, and calls the pilot above 900."];
    sentences.push("The east quay sends forty cranes a season, and every tide among them is counted twice.");
    sentences.push("A berth without a lamp is left to the night watch for twelve minutes.");
    const born = repository.commit({ "guide.md": text("# Berths", sentences.join(" ")) });
    const mended = sentences.with(2, "No lamp burns there in summer, so nobody waits.").join(" ");
    repository.commit({ "guide.md": text("# Berths", mended) });
    const outcome = await outcomeOf(repository, (at) => [
      writeOf("s", at(born) - hour, "guide.md", { added: ["# Berths", sentences.join(" ")] }),
    ]);
    expect(lives(outcome, 0)).toEqual(["2 added 20 landed lives"]);
    const { grade, mixed } = authorsOf(outcome.history, outcome.linked, new LineEnds(outcome));
    const [, line] = outcome.history.alive.get("guide.md") as Int32Array;
    expect([grade[line as number], mixed[line as number]]).toEqual([2, 1]);

    repository.commit({ "guide.md": text("# Berths", "Nothing of this is left: ".repeat(8)) });
    const gone = await outcomeOf(repository, (at) => [
      writeOf("s", at(born) - hour, "guide.md", { added: ["# Berths", sentences.join(" ")] }),
    ]);
    expect(lives(gone, 0)).toEqual(["1 added 10 landed lives", "1 added 10 landed replaced"]);
  });

  it("is the session of its best grade, and follows an exact move", async () => {
    const born = repository.commit({ "a.ts": text(...tides, ...berths), "b.ts": text("let b = 1;") });
    repository.commit({ "a.ts": text(...tides), "b.ts": text("let b = 1;", ...berths) });
    const { history, linked } = await outcomeOf(repository, (at) => [writeOf("s", at(born) - hour, "a.ts", { added: berths })]);
    const none = new Int32Array(history.lines).fill(-1);
    const authors = authorsOf(history, linked, { restored: none, editedFrom: none });
    const of = (path: string): string[] =>
      Array.from(history.alive.get(path) ?? [], (line) => `${authors.grade[line]} ${authors.session[line]}`);
    expect(of("a.ts")).toEqual(tides.map(() => "0 -1"));
    expect(of("b.ts")).toEqual(["0 -1", ...berths.map(() => "2 0")]);
  });
});
