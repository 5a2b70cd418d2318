import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { CarriedNote, SightingFact, TokenFact } from "../contract/facts.ts";
import { Database } from "./duckdb/database.ts";
import { dumpFacts } from "./dump.ts";
import { readCalls, readCommitMentions, readNotes, readSightings } from "./fact-reader.ts";
import { type FactTable, factTables } from "./fact-tables.ts";
import facts1 from "./migrations/0001_facts.sql";
import { factsFile, factsVersion } from "./place.ts";
import { FactStore, migrations } from "./store.ts";

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "assay-store-"));
  folders.push(path);
  return path;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const telling = { source: "claude-code", device: null, seenAt: 1_000, repositoryOf: () => 1 };

function sighting(message: string, output: number, extra: Partial<SightingFact> = {}): SightingFact {
  return {
    kind: "sighting",
    agent: "claude-code",
    session: "s1",
    provider: "anthropic",
    messageId: message,
    requestId: null,
    instant: 5_000,
    agentId: null,
    model: "claude-opus-4-6",
    agentVersion: "2.1.30",
    serviceTier: "standard",
    speed: null,
    geo: null,
    cwd: "/h",
    branch: "main",
    counts: { input: 10, cacheRead: 100, cacheWrite5m: 0, cacheWrite1h: 20, output, reasoning: null },
    outputQuality: "partial",
    webSearches: 0,
    visibleChars: output * 3,
    reportedCostNanoUsd: null,
    ...extra,
  };
}

async function storeOf(path: string, batches: readonly (readonly TokenFact[])[]): Promise<FactStore> {
  const store = await FactStore.open(path);
  for (const batch of batches) {
    for (const fact of batch) store.addTokenFact(fact, telling);
    await store.commit(1_000);
  }
  return store;
}

describe("the fact store", () => {
  it("keeps one row for a response told again with a larger count, a better quality, an earlier instant", async () => {
    const store = await storeOf(folder(), [
      [sighting("m1", 1)],
      [sighting("m1", 40, { outputQuality: "final", instant: 4_000 })],
      [sighting("m1", 7)],
    ]);
    const rows = await store.database.all("SELECT output, output_quality, instant_ms FROM sighting");
    expect(rows).toEqual([{ output: 40n, output_quality: 0, instant_ms: 4_000n }]);
    store.close();
  });

  it("comes to the same facts from any order and any parts, told once or twice", async () => {
    const arbitrary = fc.record({
      message: fc.constantFrom("m1", "m2", "m3"),
      output: fc.nat(9),
      instant: fc.integer({ min: 1, max: 4 }),
      cwd: fc.constantFrom("/z", "/a", null),
      quality: fc.constantFrom("final" as const, "partial" as const),
      session: fc.constantFrom("s1", "s2"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 12 }), fc.nat(), async (rows, cut) => {
        const facts = rows.map((row) =>
          sighting(row.message, row.output, { instant: row.instant, cwd: row.cwd, outputQuality: row.quality, session: row.session }),
        );
        const at = cut % facts.length;
        const whole = await storeOf(folder(), [facts]);
        const parts = await storeOf(folder(), [facts.slice(at).reverse(), facts.slice(0, at), facts]);
        const dumps = [await dumpFacts(whole), await dumpFacts(parts)];
        whole.close();
        parts.close();
        expect(dumps[1]).toEqual(dumps[0]);
      }),
      { numRuns: 12 },
    );
  });

  it("lists the columns of every fact table as the migrations make them", async () => {
    const store = await FactStore.open(folder());
    for (const table of Object.keys(factTables) as FactTable[]) {
      const rows = await store.database.all(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $table ORDER BY ordinal_position",
        { table },
      );
      expect(
        rows.map((row) => `${row["column_name"]} ${row["data_type"]}`),
        table,
      ).toEqual(factTables[table].map((column) => `${column.name} ${column.type}`));
    }
    const constraints = await store.database.all("SELECT * FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE')");
    expect(constraints, "key constraints make large tables slow").toEqual([]);
    store.close();
  });

  it("undoes a batch that fails half way, rows and input states alike", async () => {
    const store = await FactStore.open(folder());
    store.addTokenFact(sighting("m1", 1), telling);
    store.finishInput({ source: "claude-code", key: "a.jsonl", size: 1, mtimeMs: 1, identity: "1", offset: 1, tail: "" });
    await expect(store.commit(1_000, () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
    expect(await store.database.all("SELECT * FROM sighting")).toEqual([]);
    expect((await store.inputStates("claude-code")).size).toBe(0);
    store.close();
  });

  it("names its version where no database is opened for it", () => {
    expect(factsVersion).toBe(migrations.length);
  });

  it("brings a store of every earlier version up to date, empty and filled, without losing a row", async () => {
    for (let version = 1; version < migrations.length; version++) {
      for (const rows of [[], ["('claude-code:/h/s1.jsonl')", "('claude-code:/h/s2.jsonl')"]]) {
        const path = folder();
        const database = await Database.open(join(path, factsFile));
        for (const sql of migrations.slice(0, version)) await database.run(sql);
        await database.run("INSERT INTO meta VALUES ('secret', '00112233445566778899aabbccddeeff'), ('schema_version', $version)", {
          version: String(version),
        });
        for (const row of rows) await database.run(`INSERT INTO input_state (input_key) VALUES ${row}`);
        database.close();
        const store = await FactStore.open(path);
        expect(await store.secret()).toBe("00112233445566778899aabbccddeeff");
        const [counted] = await store.database.all("SELECT count(*)::INTEGER AS n FROM input_state");
        expect(counted).toEqual({ n: rows.length });
        const [meta] = await store.database.all("SELECT value FROM meta WHERE name = 'schema_version'");
        expect(meta).toEqual({ value: String(migrations.length) });
        store.close();
      }
    }
  });

  it("brings a filled store of version 1 up to date: every sighting keeps its ids", async () => {
    const path = folder();
    const database = await Database.open(join(path, factsFile));
    await database.run(facts1);
    await database.run("INSERT INTO meta VALUES ('secret', '00112233445566778899aabbccddeeff'), ('schema_version', '1')");
    await database.run("INSERT INTO dict VALUES (0, 'claude-code'), (1, 's1'), (2, 'model')");
    for (const ids of ["'msg_1', 'msg_1', 'req_1'", "'req_2', NULL, 'req_2'", "'5:1:2:3:4:5', NULL, NULL"]) {
      await database.run(
        `INSERT INTO sighting VALUES (0, 0, 1, ${ids}, 5, NULL, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, 1, 2, 3, 4, 5, NULL, 0, 0, 0, NULL, 9)`,
      );
    }
    database.close();
    const store = await FactStore.open(path);
    const told = await readSightings(store);
    expect(told.map(({ responseKey, messageId, requestId }) => [responseKey, messageId, requestId])).toEqual([
      ["msg_1", "msg_1", "req_1"],
      ["req_2", null, "req_2"],
      ["5:1:2:3:4:5", null, null],
    ]);
    expect(told[0]).toMatchObject({ instant: 5, counts: { input: 1, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 4, output: 5 } });
    expect(await store.secret()).toBe("00112233445566778899aabbccddeeff");
    // What is told again finds what was there.
    store.addTokenFact(sighting("msg_1", 70, { requestId: "req_1", model: "model" }), telling);
    await store.commit(1_000);
    expect((await readSightings(store)).map(({ responseKey, counts }) => `${responseKey} ${counts.output}`).sort()).toEqual([
      "5:1:2:3:4:5 5",
      "msg_1 70",
      "req_2 5",
    ]);
    store.close();
    (await FactStore.open(path, { readOnly: true })).close(); // it stands at the newest version
  });

  it("does not know sizes of results and files of calls that an earlier version imported, until they are told again", async () => {
    const path = folder();
    const database = await Database.open(join(path, factsFile));
    const before = 5; // migrations before 0006_context.sql
    for (const sql of migrations.slice(0, before)) await database.run(sql);
    await database.run("INSERT INTO meta VALUES ('secret', '00112233445566778899aabbccddeeff'), ('schema_version', $version)", {
      version: String(before),
    });
    await database.run("INSERT INTO dict VALUES (0, 'claude-code'), (1, 's1'), (2, 'Read'), (3, 'read'), (4, 'ok')");
    await database.run("INSERT INTO call VALUES (0, 1, 'c1', 'm1', NULL, NULL, 5, 2, 3, 30, 9)");
    await database.run("INSERT INTO call_result VALUES (0, 1, 'c1', 6, 4, NULL, NULL, NULL, NULL, 9)");
    database.close();
    const store = await FactStore.open(path);
    expect(await readCalls(store)).toMatchObject([{ callKey: "c1", inputBytes: 30, endedAt: 6, resultBytes: null, subject: null }]);
    const common = { agent: "claude-code", session: "s1", callId: "c1" } as const;
    const none = { exitCode: null, testsPassed: null, testsFailed: null, startedAgentId: null };
    store.addTokenFact({ kind: "call_result", ...common, ...none, instant: 6, status: "ok", resultBytes: 700 }, telling);
    await store.commit(1_000);
    expect(await readCalls(store)).toMatchObject([{ callKey: "c1", resultBytes: 700, subject: null }]);
    store.close();
  });

  it("refuses a store of a newer version and leaves it as it is", async () => {
    const path = folder();
    (await FactStore.open(path)).close();
    const database = await Database.open(join(path, factsFile));
    await database.run("UPDATE meta SET value = '99' WHERE name = 'schema_version'");
    database.close();
    await expect(FactStore.open(path)).rejects.toMatchObject({ code: "store_newer" });
  });

  it("brings a filled store of version 1 up to date, and the facts in it stay", async () => {
    const path = folder();
    const mention = {
      kind: "commit_mention",
      agent: "claude-code",
      session: "s1",
      callId: "c1",
      instant: 7,
      hash: "abc1234",
      branch: null,
    } as const;
    const old = await Database.open(join(path, factsFile));
    await old.run(readFileSync(new URL("./migrations/0001_facts.sql", import.meta.url), "utf8"));
    await old.run("INSERT INTO meta VALUES ('schema_version', '1'), ('secret', 'f0')");
    await old.run("INSERT INTO dict VALUES (0, 'claude-code'), (1, 's1')");
    await old.run("INSERT INTO commit_mention VALUES (0, 1, 'c1', 'abc1234', 7, NULL, 5), (0, 1, 'c2', 'fff1234', 8, NULL, 5)");
    old.close();
    const store = await FactStore.open(path);
    store.addTokenFact(mention, telling); // told again as it was
    store.addTokenFact({ ...mention, telemetry: true, callId: "c3", hash: "abd1234" }, telling);
    await store.commit(1_000);
    expect(await store.secret()).toBe("f0");
    expect((await readCommitMentions(store)).map(({ hash, telemetry }) => `${hash} ${telemetry}`).sort()).toEqual([
      "abc1234 false",
      "abd1234 true",
      "fff1234 false",
    ]);
    expect(await readNotes(store, [1])).toEqual([]);
    store.close();
  });

  it("gives the notes a copy carries now, read or not, and forgets those it does not", async () => {
    const store = await FactStore.open(folder());
    const claims = [
      { path: "a.ts", ranges: [1, 2], author: "agent", agent: "codex", session: "s", sessionDigest: null, model: null },
    ] as const;
    const note = { dialect: "git-ai", commit: "c1", note: "n1" } as const;
    const carry = async (...notes: readonly CarriedNote[]): Promise<string[]> => {
      await store.commit(1, () => store.replaceClone(1, "/clone", [], {}, notes));
      return (await readNotes(store, [1])).map((one) => `${one.commit} ${one.note} ${one.isRead} ${one.claims.length} ${one.testLines}`);
    };
    store.addNote(1, { kind: "authorship_note", ...note, madeBefore: false, claims, testLines: 3, defects: {} }, 1);
    expect(await carry(note, { ...note, note: "n2" }, note)).toEqual(["c1 n1 true 1 3", "c1 n2 false 0 0"]);
    const isKnown = await store.knownNotes(1);
    expect([isKnown(note), isKnown({ ...note, note: "n2" })]).toEqual([true, false]);
    expect(await carry()).toEqual([]);
    store.close();
  });

  it("says plainly that there is no store to read", async () => {
    await expect(FactStore.open(folder(), { readOnly: true })).rejects.toMatchObject({ code: "no_store" });
  });

  it("makes two repositories one when an alias joins them", async () => {
    const store = await FactStore.open(folder());
    const a = await store.repositoryOf([{ kind: "folder", value: "/a" }], 1);
    const b = await store.repositoryOf(
      [
        { kind: "folder", value: "/b" },
        { kind: "remote", value: "git.example/o/n" },
      ],
      1,
    );
    expect(b).not.toBe(a);
    expect(
      await store.repositoryOf(
        [
          { kind: "remote", value: "git.example/o/n" },
          { kind: "folder", value: "/a" },
        ],
        1,
      ),
    ).toBe(a);
    const { readRepositories } = await import("./fact-reader.ts");
    const { repositories, idOf } = await readRepositories(store);
    expect(repositories.map(({ id }) => id)).toEqual([a]);
    expect(idOf.get(b)).toBe(a);
    store.close();
  });
});
