import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChanges } from "../outcomes/git/changes.ts";
import { TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { LineEnds } from "./line-ends.ts";
import { linesOf, text as textOf } from "./test-writes.ts";

const text = (lines: readonly string[]): string => textOf(...lines);
const [berths, cranes, tides] = [linesOf("berth", 4), linesOf("crane", 4), linesOf("tide", 4)];

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

/** How the lines a commit bore ended, each way once, in order of appearance; "alive" where they stand. */
async function endsOf(commit: string, byForge: readonly { number: number; reverts: readonly number[] | null }[] = []): Promise<string[]> {
  const { history, commits } = await readHistory(repository.dir);
  const ends = new LineEnds({ history, changes: findChanges(commits, [], history.tip), forge: { changes: byForge } });
  const born = commits.findIndex(({ hash }) => hash === commit);
  const told = [...history.born.keys()].filter((line) => history.born[line] === born).map((line) => ends.deathOf(line).death ?? "alive");
  return [...new Set(told)];
}

const revertOf = (commit: string): string => `Revert "Add it"\n\nThis reverts commit ${commit}.`;

describe("a revert", () => {
  it("takes out what its commit brought", async () => {
    repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "port.ts": text([...berths, ...cranes]) });
    repository.commit({ "port.ts": text(berths) }, revertOf(added));
    expect(await endsOf(added)).toEqual(["reverted"]);
  });

  it("in parts takes out the parts: what stays is alive", async () => {
    repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "port.ts": text([...berths, ...cranes]), "tide.ts": text(tides) });
    repository.commit({ "tide.ts": null }, revertOf(added));
    expect(await endsOf(added)).toEqual(["alive", "reverted"]);
  });

  it("with other work in it undoes by the hunk: lines of another commit follow their own end", async () => {
    const first = repository.commit({ "port.ts": text(berths), "tide.ts": text(tides) });
    const added = repository.commit({ "port.ts": text([...berths, ...cranes]) });
    repository.commit({ "port.ts": text(berths), "tide.ts": text(["const calm = 1;", ...tides.slice(1)]) }, revertOf(added));
    expect(await endsOf(added)).toEqual(["reverted"]);
    expect(await endsOf(first)).toEqual(["alive", "replaced"]);
  });

  it("of a squash is known by the number alone, as GitHub's button leaves it", async () => {
    repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "port.ts": text([...berths, ...cranes]) }, "Add it (#12)");
    repository.commit({ "port.ts": text(berths) }, 'Revert "Add it (#12)" (#13)\n\nReverts own/er#12');
    expect(await endsOf(added)).toEqual(["reverted"]);
  });

  it("of a merge undoes the commits the merge brought", async () => {
    repository.commit({ "port.ts": text(berths) });
    repository.git("checkout", "-q", "-b", "crane");
    const added = repository.commit({ "crane.ts": text(cranes) });
    repository.git("checkout", "-q", "main");
    const other = repository.commit({ "tide.ts": text(tides) });
    const merge = repository.merge(["crane"], "Merge pull request #12 from own/crane");
    repository.commit(
      { "crane.ts": null, "tide.ts": text(tides.slice(1)) },
      `Revert it\n\nThis reverts commit ${merge}, reversing\nchanges made to ${other}.`,
    );
    expect(await endsOf(added)).toEqual(["reverted"]);
    expect(await endsOf(other)).toEqual(["removed", "alive"]);
  });

  it("is known by the branch of the button where its own message says nothing", async () => {
    repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "crane.ts": text(cranes) }, "Add it (#12)");
    repository.git("checkout", "-q", "-b", "revert-12-crane");
    repository.commit({ "crane.ts": null }, "Take the crane out");
    repository.git("checkout", "-q", "main");
    repository.commit({ "tide.ts": text(tides) });
    repository.merge(["revert-12-crane"], "Merge pull request #13 from own/revert-12-crane");
    expect(await endsOf(added)).toEqual(["reverted"]);
  });

  it("that only its forge knows of takes out what it undoes, and nothing else", async () => {
    const other = repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "crane.ts": text(cranes) }, "Add it (#12)");
    repository.commit({ "crane.ts": null, "port.ts": text(berths.slice(1)) }, "Take the crane out (#13)");
    expect(await endsOf(added)).toEqual(["removed"]);
    const told = [
      { number: 12, reverts: [] },
      { number: 13, reverts: [12] },
    ];
    expect([await endsOf(added, told), await endsOf(other, told)]).toEqual([["reverted"], ["removed", "alive"]]);
    // What it says to take back came later, or is not known: nothing is told.
    expect(await endsOf(added, [{ number: 12, reverts: [13] }])).toEqual(["removed"]);
    expect(await endsOf(added, [{ number: 13, reverts: [99] }])).toEqual(["removed"]);
    expect(await endsOf(added, [{ number: 13, reverts: null }])).toEqual(["removed"]);
  });

  it("of a revert gives the lines back; a further one takes them out again", async () => {
    repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "crane.ts": text(cranes) });
    const out = repository.commit({ "crane.ts": null }, revertOf(added));
    const again = repository.commit({ "crane.ts": text(cranes) }, `Reapply "Add it"\n\nThis reverts commit ${out}.`);
    expect(await endsOf(added)).toEqual(["alive"]);
    repository.commit({ "crane.ts": null }, revertOf(again));
    expect(await endsOf(added)).toEqual(["reverted"]);
  });

  it("of a revert that gives back a part restores that part alone", async () => {
    repository.commit({ "port.ts": text(berths) });
    const added = repository.commit({ "crane.ts": text(cranes) });
    const out = repository.commit({ "crane.ts": null }, revertOf(added));
    repository.commit({ "crane.ts": text(cranes.slice(0, 2)) }, `Reapply "Add it"\n\nThis reverts commit ${out}.`);
    expect(await endsOf(added)).toEqual(["alive", "reverted"]);
  });

  it("of several commits undoes each, shortened names too", async () => {
    repository.commit({ "port.ts": text(berths) });
    const [one, two] = [repository.commit({ "crane.ts": text(cranes) }), repository.commit({ "tide.ts": text(tides) })];
    const names = `${one.slice(0, 10)} and ${two.slice(0, 10)}`;
    repository.commit({ "crane.ts": null, "tide.ts": null }, `Take two out\n\nThis reverts commits ${names}.`);
    expect([await endsOf(one), await endsOf(two)]).toEqual([["reverted"], ["reverted"]]);
  });

  it("of a commit that was rebased since takes out its copy", async () => {
    const base = repository.commit({ "port.ts": text(berths) });
    repository.git("checkout", "-q", "-b", "crane");
    const original = repository.commit({ "crane.ts": text(cranes) });
    repository.git("checkout", "-q", "main");
    expect(repository.head()).toBe(base);
    repository.commit({ "tide.ts": text(tides) });
    const copy = repository.commit({ "crane.ts": text(cranes) });
    repository.commit({ "crane.ts": null, "tide.ts": text(tides.slice(1)) }, revertOf(original));
    expect(await endsOf(copy)).toEqual(["reverted"]);
  });

  it("of what is not in the history takes out all it takes out", async () => {
    const added = repository.commit({ "crane.ts": text(cranes), "port.ts": text(berths) });
    repository.commit({ "crane.ts": null }, revertOf("0123456789abcdef0123456789abcdef01234567"));
    expect(await endsOf(added)).toEqual(["reverted", "alive"]);
  });

  it("within a change that was squashed says nothing of what the change takes out", async () => {
    const added = repository.commit({ "crane.ts": text(cranes) });
    const body = "* Try it\n\n* Revert it\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.";
    repository.commit({ "crane.ts": null, "port.ts": text(berths) }, `Move to the port (#14)\n\n${body}`);
    expect(await endsOf(added)).toEqual(["removed"]);
  });
});
