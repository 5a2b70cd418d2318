import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { ForgeChangeFact, ForgeFact, ForgeReviewFact, ForgeThreadFact } from "../contract/forge-facts.ts";
import { readChanged } from "./changed.ts";
import { dumpFacts } from "./dump.ts";
import { readForgeHistory, readForgeRepositories, readIncidents } from "./forge-reader.ts";
import { FactStore } from "./store.ts";

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "assay-forge-store-"));
  folders.push(path);
  return path;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const repository = "github.com/acme/shop";

function change(version: number, told: Partial<ForgeChangeFact>): ForgeChangeFact {
  return {
    kind: "forge_change",
    repository,
    number: 7,
    version,
    state: null,
    draft: null,
    openedAt: null,
    closedAt: null,
    landedAt: null,
    author: null,
    landedBy: null,
    headRef: null,
    headCommit: null,
    fromFork: null,
    baseRef: null,
    baseCommit: null,
    mergeCommit: null,
    squashCommit: null,
    commits: null,
    labels: null,
    titleType: null,
    breaking: null,
    reverts: null,
    closesIssues: null,
    ...told,
  };
}

const review = (state: ForgeReviewFact["state"], key = "51"): ForgeReviewFact => ({
  kind: "forge_review",
  repository,
  change: 7,
  review: key,
  version: 20,
  state,
  submittedAt: 20,
  reviewer: { login: "bo", isBot: false },
  commit: null,
});

const thread = (version: number, resolved: boolean | null): ForgeThreadFact => ({
  kind: "forge_thread",
  repository,
  change: 7,
  thread: "61",
  version,
  path: "src/cart.ts",
  side: "added",
  firstLine: 4,
  lastLine: 6,
  commit: "a".repeat(40),
  resolved,
  resolvedAt: resolved === true ? version : null,
  resolvedBy: null,
});

async function storeOf(...batches: readonly (readonly ForgeFact[])[]): Promise<FactStore> {
  const store = await FactStore.open(folder());
  for (const batch of batches) {
    for (const fact of batch) store.addForgeFact(fact, 1_000);
    await store.commit(1_000);
  }
  return store;
}

async function changeAfter(...facts: ForgeFact[]) {
  const store = await storeOf(facts);
  const history = await readForgeHistory(store, repository);
  store.close();
  return history?.changes[0];
}

describe("what forges told, in the store", () => {
  it("reads the newest telling of each field, and lets a telling that is silent hide nothing", async () => {
    const told = await changeAfter(
      change(30, { state: "closed", closedAt: 30, labels: ["bug"] }),
      change(40, { state: "open" }),
      change(10, { state: "open", openedAt: 10, labels: [], draft: false }),
    );
    expect(told).toMatchObject({ state: "open", openedAt: 10, closedAt: null, labels: ["bug"], readyAt: 10 });
  });

  it("takes of two tellings of one version the one that says the change is further on", async () => {
    const told = await changeAfter(change(30, { state: "landed", landedAt: 30 }), change(30, { state: "open" }));
    expect(told).toMatchObject({ state: "landed", landedAt: 30 });
  });

  it("keeps what a dismissed review had said", async () => {
    expect((await changeAfter(change(10, {}), review("dismissed"), review("changes_requested")))?.reviews).toMatchObject([
      { state: "dismissed", verdict: "changes_requested" },
    ]);
    expect((await changeAfter(change(10, {}), review("dismissed")))?.reviews).toMatchObject([{ state: "dismissed", verdict: null }]);
  });

  it("does not know when a change that was a draft was ready, unless an event says so", async () => {
    const draft = [change(10, { openedAt: 10, draft: true }), change(20, { draft: false })];
    expect((await changeAfter(...draft))?.readyAt).toBeNull();
    const ready = {
      kind: "forge_event",
      repository,
      subject: "change",
      number: 7,
      event: "ready_for_review",
      instant: 15,
      actor: null,
    } as const;
    expect((await changeAfter(...draft, ready))?.readyAt).toBe(15);
  });

  it("calls a thread answered by the first comment of another than who opened it", async () => {
    const comment = (key: string, instant: number, login: string): ForgeFact => ({
      kind: "forge_comment",
      repository,
      change: 7,
      comment: `review:${key}`,
      thread: "61",
      instant,
      author: { login, isBot: false },
    });
    const told = await changeAfter(
      change(10, {}),
      thread(5, null),
      thread(90, true),
      comment("61", 5, "bo"),
      comment("62", 6, "bo"),
      comment("63", 8, "ada"),
    );
    expect(told?.threads).toEqual([
      {
        thread: "61",
        path: "src/cart.ts",
        side: "added",
        firstLine: 4,
        lastLine: 6,
        commit: "a".repeat(40),
        resolved: true,
        resolvedAt: 90,
        resolvedBy: null,
        openedAt: 5,
        openedBy: { login: "bo", isBot: false },
        answeredAt: 8,
      },
    ]);
  });

  it("comes to the same facts and the same state from any order, any parts, told once or twice", async () => {
    const states = ["open", "closed", "landed"] as const;
    const telling = fc.oneof(
      fc
        .record({ version: fc.nat(3), state: fc.constantFrom(...states, null), label: fc.constantFrom("a", "b", null) })
        .map(({ version, state, label }): ForgeFact => change(version, { state, labels: label === null ? null : [label] })),
      fc
        .record({ version: fc.nat(3), resolved: fc.constantFrom(true, false, null) })
        .map(({ version, resolved }) => thread(version, resolved)),
      fc.constantFrom(...(["approved", "dismissed", "commented"] as const)).map((state) => review(state)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(telling, { minLength: 1, maxLength: 8 }), fc.nat(), async (facts, cut) => {
        const at = cut % facts.length;
        const whole = await storeOf(facts);
        const parts = await storeOf(facts.slice(at).reverse(), facts.slice(0, at), facts);
        const seen = [];
        for (const store of [whole, parts]) {
          seen.push([await dumpFacts(store), await readForgeHistory(store, repository)]);
          store.close();
        }
        expect(seen[1]).toEqual(seen[0]);
      }),
      { numRuns: 12 },
    );
  });

  it("notes the repository as changed that has the forge's as a remote, however its name is written", async () => {
    const store = await FactStore.open(folder());
    const id = await store.repositoryOf([{ kind: "remote", value: "github.com/Acme/Shop" }], 1);
    const before = await store.revision();
    store.addForgeFact(change(10, { state: "open" }), 1);
    await store.commit(1);
    expect((await readChanged(store.database, before))?.repositories).toEqual(new Set([id]));
    expect(await readForgeRepositories(store)).toEqual([repository]);
    const after = await store.revision();
    store.addForgeFact(change(10, { state: "open" }), 2);
    await store.commit(2);
    expect(await store.revision(), "told as it was known, nothing is derived anew").toBe(after);
    store.addForgeFact(change(10, { state: "open" }), 3);
    store.addForgeFact(change(11, { state: "closed" }), 3);
    await store.commit(3);
    expect((await readChanged(store.database, after))?.repositories).toEqual(new Set([id]));
    store.close();
  });

  it("keeps an incident with what it names, resolved or open again by its newest telling", async () => {
    const incident = (version: number, state: "open" | "resolved"): ForgeFact => ({
      kind: "incident",
      source: "pagerduty",
      incident: "Q1",
      version,
      state,
      openedAt: 10,
      resolvedAt: state === "resolved" ? version : null,
      severity: "high",
      service: null,
    });
    const tie = { kind: "incident_tie", source: "pagerduty", incident: "Q1", tie: "change", repository, key: "7" } as const;
    const store = await storeOf([incident(20, "resolved"), tie], [incident(30, "open"), tie]);
    expect(await readIncidents(store)).toEqual([
      {
        source: "pagerduty",
        incident: "Q1",
        state: "open",
        openedAt: 10,
        resolvedAt: null,
        severity: "high",
        service: null,
        ties: [{ tie: "change", repository, key: "7" }],
      },
    ]);
    store.close();
  });

  it("gives a token to the address it went to first, and to no other", async () => {
    const store = await storeOf();
    expect(await store.forges.mayGiveToken("t0ken", "https://api.github.com", "s")).toBe(true);
    expect(await store.forges.mayGiveToken("t0ken", "https://api.github.com", "s")).toBe(true);
    expect(await store.forges.mayGiveToken("t0ken", "https://evil.example", "s")).toBe(false);
    const rows = await store.database.all("SELECT * FROM forge_token");
    expect(JSON.stringify(rows)).not.toContain("t0ken");
    store.close();
  });
});
