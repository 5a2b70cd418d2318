import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../contract/errors.ts";
import type { ImportSummary } from "../assay.ts";
import { readRuns } from "./kept.ts";
import { readQuietly } from "./run.ts";
import type { TurnHost } from "./turns.ts";

const found: ImportSummary = {
  filesSeen: 1,
  filesRead: 1,
  bytesRead: 10,
  newUsages: 1,
  repositories: 0,
  newCommits: 0,
  problems: [],
  lost: 0,
  changed: true,
};

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "assay-turns-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process among others of one machine, whose clock goes on when somebody waits. */
const clock = { ms: 0 };
function host(pid: number, alive: readonly number[] = [1, 2, 3, 4]): TurnHost {
  return {
    pid,
    isAlive: (other) => alive.includes(other),
    now: () => clock.ms,
    async wait(ms) {
      clock.ms += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const reading = (read: () => Promise<ImportSummary>) => ({
  folder,
  by: "hook" as const,
  read,
  sentence: ({ newUsages }: ImportSummary) => `${newUsages} new`,
});

describe("readings that start together", () => {
  it("are two, one after the other; the rest leave, since the second has not looked yet", async () => {
    let inside = 0;
    let most = 0;
    let reads = 0;
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const read = async (): Promise<ImportSummary> => {
      reads++;
      most = Math.max(most, ++inside);
      if (reads === 1) await gate;
      inside--;
      return found;
    };
    const first = readQuietly(reading(read), host(1));
    const second = readQuietly(reading(read), host(2));
    expect(await readQuietly(reading(read), host(3))).toBeNull();
    expect(await readQuietly(reading(read), host(4))).toBeNull();
    expect(reads).toBe(1);
    letGo();
    expect([(await first)?.outcome, (await second)?.outcome]).toEqual(["imported", "imported"]);
    expect([reads, most]).toEqual([2, 1]);
    expect(readdirSync(folder)).toEqual(["capture-runs.json"]);
  });

  it("do not wait for a process that died", async () => {
    for (const mark of ["capture-running", "capture-waiting"]) writeFileSync(join(folder, mark), "99");
    expect(
      (
        await readQuietly(
          reading(async () => found),
          host(1),
        )
      )?.outcome,
    ).toBe("imported");
  });
});

describe("a reading", () => {
  it("waits while another process has the store", async () => {
    let tries = 0;
    const read = async (): Promise<ImportSummary> => {
      if (++tries < 3) throw new UserError("store_busy", "The store is in use.");
      return { ...found, changed: false };
    };
    expect(await readQuietly(reading(read), host(1))).toMatchObject({ by: "hook", outcome: "nothing_new", sentence: "1 new" });
  });

  it("leaves a store that stays in use to the next, after ten minutes, and calls that no failure", async () => {
    clock.ms = 0;
    const busy = (): Promise<ImportSummary> => Promise.reject(new UserError("store_busy", "The store is in use."));
    const ran = await readQuietly(reading(busy), host(1));
    expect(ran).toMatchObject({ outcome: "busy", startedAt: "1970-01-01T00:00:00.000Z", endedAt: "1970-01-01T00:10:02.000Z" });
    expect(readRuns(folder)?.lastFailure).toBeNull();
  });

  it("keeps what failed, and still tells of it after one that did not", async () => {
    const broken = (): Promise<ImportSummary> => Promise.reject(new Error("disk is full\nat x"));
    expect(await readQuietly(reading(broken), host(1))).toMatchObject({ outcome: "failed", sentence: "disk is full" });
    await readQuietly(
      reading(async () => ({ ...found, lost: 2 })),
      host(1),
    );
    expect(readRuns(folder)).toMatchObject({ last: { outcome: "imported", lost: 2 }, lastFailure: { sentence: "disk is full" } });
    expect(readdirSync(folder)).toEqual(["capture-runs.json"]);
  });
});
