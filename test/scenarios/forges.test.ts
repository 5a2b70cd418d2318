/** What a forge told, through the whole program: which change work belongs to, whether it landed, and on whose word. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { pullLine } from "./support/forge-objects.ts";
import { HandTranscript } from "./support/hand-transcript.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const session = "7e0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5d";
const masts = Array.from({ length: 5 }, (_, i) => `export const mast${i} = raise(${i}, "main");`);
const sails = Array.from({ length: 4 }, (_, i) => `export const sail${i} = hoist(${i}, "jib");`);
const file = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const api = "https://api.github.com/repos/Acme/Yard";
let home = "";
let store = "";
let landing = "";
let open = "";

const pull = (number: number, rest: Readonly<Record<string, unknown>>): string => pullLine(api, number, rest);

beforeAll(async () => {
  repository.git("remote", "add", "origin", "git@github.com:acme/yard.git");
  repository.commit({ "README.md": "The yard.\n" }); // 2 January
  landing = repository.commit({ "masts.ts": file(masts) }, "Add masts"); // 3 January: landed by rebase, no number in its subject
  repository.git("checkout", "-q", "-b", "sails");
  open = repository.commit({ "sails.ts": file(sails) }, "Add sails"); // 4 January
  repository.git("checkout", "-q", "main");
  for (let day = 5; day <= 30; day++) repository.commit({}, "wait"); // the horizon: 30 January
  home = scratch.next("home");
  new HandTranscript(session, repository.dir, "2026-01-03")
    .prompt("11:00:00", "Raise the masts.")
    .creates("11:01:00", 100, "c1", "masts.ts", masts)
    .prompt("11:30:00", "Now the sails.")
    .creates("11:31:00", 60, "c2", "sails.ts", sails)
    .saveIn(home);
  store = await makeStore(scratch.next());
  await importInto(store, { home });
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

const fatesOf = async (): Promise<Record<string, string>> => {
  const { ledger } = await openStore(store).audit({ asOf: null, links: false });
  return Object.fromEntries(Object.entries(ledger.fates).flatMap(([fate, nano]) => (nano === null || nano === "0" ? [] : [[fate, nano]])));
};

it("guesses from git alone, and says so", async () => {
  const assay = openStore(store);
  expect(await assay.showChange(landing.slice(0, 12), { asOf: null })).toMatchObject({ changeKind: "direct", evidence: "push" });
  expect(Object.keys(await fatesOf()).toSorted()).toEqual(["abandoned", "stuck"].toSorted());
  expect((await assay.answer({ asOf: null })).notKnown.join(" ")).toContain("as git alone lets guess");
});

it("takes the forge's word once it is told: the rebased change landed, the other is open however old its branch", async () => {
  const told = join(scratch.folder, "yard.jsonl");
  writeFileSync(
    told,
    [
      pull(7, {
        state: "closed",
        merged_at: "2026-01-03T12:00:05Z",
        merge_commit_sha: landing,
        updated_at: "2026-01-03T12:00:05Z",
        head: { ref: "masts", sha: "a".repeat(40) },
      }),
      pull(8, { head: { ref: "sails", sha: open } }),
    ].join("\n"),
  );
  const summary = await importInto(store, { home, forges: { exports: [told] } });
  expect(summary).toMatchObject({ changed: true, problems: [] });
  const assay = openStore(store);
  expect(await assay.showChange("#7", { asOf: null })).toMatchObject({
    changeKind: "pull_request",
    evidence: "forge",
    landedAt: "2026-01-03T12:00:05.000Z",
    commits: [landing],
    sessions: [{ session, lines: 5 }],
  });
  expect(Object.keys(await fatesOf()).toSorted()).toEqual(["in_flight", "stuck"].toSorted());
  const { notKnown } = await assay.answer({ asOf: null });
  expect(notKnown.join(" ")).toContain("are as its forge tells (until 2026-01-03)");
  expect(notKnown.join(" ")).not.toContain("git alone lets guess");
  const again = await importInto(store, { home, forges: { exports: [told] } });
  expect(again).toMatchObject({ changed: false, filesRead: 0 });
});

it("calls work abandoned from the day its change is closed unmerged", async () => {
  const told = join(scratch.folder, "later.jsonl");
  const closed = { state: "closed", closed_at: "2026-01-06T10:00:00Z", updated_at: "2026-01-06T10:00:00Z" };
  writeFileSync(told, pull(8, { ...closed, head: { ref: "sails", sha: open } }));
  await importInto(store, { home, forges: { exports: [told] } });
  const fatesAsOf = async (day: number): Promise<string[]> => {
    const { ledger } = await openStore(store).audit({ asOf: Date.UTC(2026, 0, day, 12), links: false });
    return Object.entries(ledger.fates).flatMap(([fate, nano]) => (nano === null || nano === "0" ? [] : [fate]));
  };
  expect(await fatesAsOf(5)).toEqual(["maturing", "in_flight"]);
  expect(await fatesAsOf(7)).toEqual(["maturing", "abandoned"]); // three days after its last commit
});

it("derives by parts what a rebuild derives", async () => {
  const copy = scratch.next("copy");
  cpSync(store, copy, { recursive: true });
  await openStore(copy).rebuild({ progress() {} });
  expect(differences(await dumpStore(copy), await dumpStore(store))).toEqual([]);
});
