/** One session in one small repository: every dollar worked out by hand, and shown by every answer. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { HandTranscript, call, nanoUsdOfToken } from "./support/hand-transcript.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const session = "5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c";
const berths = Array.from({ length: 5 }, (_, i) => `export const berth${i} = allot(${i}, "north");`);
const cranes = Array.from({ length: 4 }, (_, i) => `export const crane${i} = hoist(${i}, "south");`);
let assay: Assay;
let landing: string;
let store = "";

beforeAll(async () => {
  const file = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
  repository.commit({ "README.md": "The harbour.\n" }); // 2 January, noon
  landing = repository.commit({ "berths.ts": file(berths) }, "Add berths"); // 3 January, noon
  repository.commit({ "person.ts": 'export const byHand = "yes";\n' });
  repository.git("tag", "v1.0.0");
  for (let day = 5; day <= 30; day++) repository.commit({}, "wait"); // the horizon: 30 January
  const transcript = new HandTranscript(session, repository.dir, "2026-01-03")
    .prompt("11:00:00", "Write the berths down.")
    .response("11:00:10", 40, call("c1", "Read", { file_path: join(repository.dir, "README.md") }))
    .result("11:00:11", "c1", "The harbour.", {})
    .creates("11:01:00", 100, "c2", "berths.ts", berths)
    .response("11:59:00", 20, call("c3", "Bash", { command: "git commit -m 'Add berths'" }))
    .result("12:00:05", "c3", `[main ${landing.slice(0, 7)}] Add berths\n 1 file changed, 5 insertions(+)`, {
      stdout: `[main ${landing.slice(0, 7)}] Add berths`,
    })
    .response("12:00:30", 10, { type: "text", text: "Done." })
    .prompt("13:00:00", "And the cranes.")
    .creates("13:01:00", 50, "c4", "cranes.ts", cranes)
    .prompt("14:00:00", "What is a berth?")
    .response("14:00:10", 30, { type: "text", text: "A place to lie." });
  const home = scratch.next("home");
  transcript.saveIn(home);
  store = await makeStore(scratch.next());
  expect((await importInto(store, { home })).problems).toEqual([]);
  assay = openStore(store);
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

it("counts for the team of who committed and the product of the repository, as assay.yaml says", async () => {
  writeFileSync(
    join(store, "assay.yaml"),
    [
      'people: [{ name: Ada, git_emails: [ada@example.org], teams: [{ team: Quay, from: "2026-01-01" }] }]',
      `products: [{ name: Harbour, repositories: ["${repository.dir}"], cost_centre: 4711 }]`,
    ].join("\n"),
  );
  const { rows } = await assay.query({ measures: ["spend"], by: ["team", "product", "cost_centre"] }, { asOf: null });
  rmSync(join(store, "assay.yaml"));
  expect(rows).toEqual([{ team: "Quay", product: "Harbour", cost_centre: "4711", spend: String(250 * nanoUsdOfToken) }]);
  const unknown = await assay.query({ measures: ["spend"], by: ["team", "product"] }, { asOf: null });
  expect(unknown.rows).toEqual([{ team: null, product: null, spend: String(250 * nanoUsdOfToken) }]);
});

/** The fates that got something, in tokens of output. */
async function tokensByFate(asOf: string | null): Promise<Record<string, number>> {
  const { ledger } = await assay.audit({ asOf: asOf === null ? null : Date.parse(asOf), links: false });
  return Object.fromEntries(
    Object.entries(ledger.fates).flatMap(([fate, nano]) => (nano === null || nano === "0" ? [] : [[fate, Number(nano) / nanoUsdOfToken]])),
  );
}

describe("a session of three turns", () => {
  it("buys berths that stuck, cranes nobody committed, and an answer", async () => {
    expect(await tokensByFate(null)).toEqual({ stuck: 170, abandoned: 50, no_artefact: 30 });
  });

  it("had bought less on earlier days", async () => {
    expect(await tokensByFate("2026-01-03T11:30:00Z")).toEqual({ in_flight: 140 });
    expect(await tokensByFate("2026-01-03T12:30:00Z")).toEqual({ maturing: 170 });
    expect(await tokensByFate("2026-01-04T00:00:00Z")).toEqual({ maturing: 170, in_flight: 50, no_artefact: 30 });
    expect(await tokensByFate("2026-01-18T00:00:00Z")).toEqual({ maturing: 170, abandoned: 50, no_artefact: 30 });
    expect(await tokensByFate("2026-01-24T11:59:59Z")).toEqual({ maturing: 170, abandoned: 50, no_artefact: 30 });
    expect(await tokensByFate("2026-01-24T12:00:00Z")).toEqual({ stuck: 170, abandoned: 50, no_artefact: 30 });
  });

  it("is linked to its commit by its lines and by the hash it printed", async () => {
    const { links } = await assay.audit({ asOf: null, links: true });
    expect(links).toEqual([{ session, commit: landing, grade: "A", method: "equal_lines_in_printed_commit", confidence: 0.99, lines: 5 }]);
  });

  it("is shown turn by turn", async () => {
    const card = await assay.showSession(session.slice(0, 8), { asOf: null });
    expect(card).toMatchObject({
      session,
      agent: "claude-code",
      models: ["claude-opus-4-6"],
      branches: ["main"],
      usages: 6,
      subagentUsages: 0,
      spendNanoUsd: "6250000",
    });
    expect(card.turns.map(({ turn, nanoUsd, usages }) => [turn, nanoUsd, usages])).toEqual([
      [1, "4250000", 4],
      [2, "1250000", 1],
      [3, "750000", 1],
    ]);
    expect(card.commits).toMatchObject([{ commit: landing, grade: "A", lines: 5 }]);
    expect(card.strands.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n)).toBe(6_250_000n);
  });

  it("is shown by the change and the commit it landed in", async () => {
    const change = await assay.showChange(landing.slice(0, 12), { asOf: null });
    expect(change).toMatchObject({
      changeKind: "direct",
      evidence: "push",
      landedAt: "2026-01-03T12:00:00.000Z",
      releasedAt: "2026-01-04T12:00:00.000Z",
      commits: [landing],
      spendNanoUsd: "4250000",
      sessions: [{ session, nanoUsd: "4250000", lines: 5 }],
      linesByAuthorKind: { agent: 5 },
      linesAlive: 5,
    });
    const commit = await assay.showCommit(landing.slice(0, 7), { asOf: null });
    expect(commit).toMatchObject({
      commit: landing,
      committedAt: "2026-01-03T12:00:00.000Z",
      onDefault: true,
      linesAdded: 5,
      linesRemoved: 0,
      spendNanoUsd: "4250000",
      sessions: [{ session, grade: "A", method: "equal_lines_in_printed_commit", confidence: 0.99, lines: 5 }],
      linesByAuthorKind: { agent: 5 },
    });
  });

  it("is explained by a sentence for each end", async () => {
    const { strands } = await assay.explain(session, { asOf: null });
    const sentences = new Map(strands.map(({ fate, sentence }) => [fate, sentence]));
    expect(sentences.get("stuck")).toMatch(/^Landed on 3 Jan 2026.*, alive after 21 days and released on 4 Jan 2026\.$/);
    expect(sentences.get("abandoned")).toBe("Written on 3 Jan 2026, never committed; nothing active since 3 Jan 2026, more than 14 days.");
    const explained = await assay.explain("abandoned", { asOf: null });
    expect(explained.strands.map(({ session: by, nanoUsd }) => [by, nanoUsd])).toEqual([[session, "1250000"]]);
    expect((await assay.explain("spend", { asOf: null })).sentences).toContain("Value: 6250000 nano-USD.");
  });

  it("is not found under a name it has not", async () => {
    await expect(assay.showSession("ffff", { asOf: null })).rejects.toMatchObject({ code: "unknown_session" });
    await expect(assay.showCommit("ffffffffffff", { asOf: null })).rejects.toMatchObject({ code: "unknown_commit" });
    await expect(assay.explain("brilliance", { asOf: null })).rejects.toMatchObject({ code: "unknown_subject" });
  });

  it("leaves the line of a person unknown, not the agent's and not the person's", async () => {
    const answer = await assay.answer({ asOf: null });
    const [row] = answer.repositories;
    expect([row?.linesLandedAgent, row?.linesLandedMixed, row?.linesLandedPerson, row?.linesLandedUnknown]).toEqual([5, 0, 0, 2]);
    // Seven lines are too few for a share.
    expect(answer.aiShareOfLandedLines).toEqual({ low: null, high: null });
    expect(answer.changesLanded).toBe(29);
  });
});
