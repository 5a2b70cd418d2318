import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { factsVersion } from "../store/place.ts";
import { type Seen, fileStamp, forgetSeen, readSeen, sameState, writeSeen } from "./seen.ts";

let folder: string;
let facts: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-seen-"));
  facts = join(folder, "facts.duckdb");
  writeFileSync(facts, "facts");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(): Seen {
  const seen: Seen = {
    facts: fileStamp(facts) as string,
    version: "1",
    inputs: {},
    repositories: { "/r/.git": "digest" },
    withoutRepository: [],
    folders: ["/r"],
    ignoreTrailers: false,
    hasForges: false,
    config: null,
  };
  writeSeen(folder, seen);
  return seen;
}

describe("what the last import saw", () => {
  it("is read as it was written", () => {
    const written = write();
    expect(readSeen(folder, facts, "1")).toMatchObject(written);
  });

  it("counts for nothing when the store has changed since, is gone, or another version asks", () => {
    write();
    expect(readSeen(folder, facts, "2")).toBeNull();
    appendFileSync(facts, " more");
    expect(readSeen(folder, facts, "1")).toBeNull();
    rmSync(facts);
    expect([fileStamp(facts), readSeen(folder, facts, "1")]).toEqual([null, null]);
  });

  it("counts for nothing when the store has another schema", () => {
    const written = write();
    writeFileSync(join(folder, "seen.json"), JSON.stringify({ ...written, schema: factsVersion - 1 }));
    expect(readSeen(folder, facts, "1")).toBeNull();
  });

  it("counts for nothing when it is torn, missing or forgotten", () => {
    expect(readSeen(folder, facts, "1")).toBeNull();
    write();
    forgetSeen(folder);
    forgetSeen(folder);
    expect(readSeen(folder, facts, "1")).toBeNull();
    writeFileSync(join(folder, "seen.json"), '{"facts":');
    expect(readSeen(folder, facts, "1")).toBeNull();
  });
});

describe("an input", () => {
  it("is as it was where size, time and identity are", () => {
    const state = { size: 1, mtimeMs: 2, identity: "3" };
    expect(sameState({ ...state }, state)).toBe(true);
    for (const other of [undefined, { ...state, size: 2 }, { ...state, mtimeMs: 3 }, { ...state, identity: "4" }])
      expect(sameState(other, state)).toBe(false);
  });
});
