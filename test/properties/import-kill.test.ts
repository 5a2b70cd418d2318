/** An import that is killed at any moment loses nothing that was written and doubles nothing. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Dump,
  type Sample,
  Scratch,
  differences,
  dumpStore,
  homeWith,
  importInto,
  makeSample,
  makeStore,
} from "../scenarios/support/sample-store.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the project, so that DuckDB is found beside it. */
const built = join("node_modules", ".cache", `assay-kill-${process.pid}`);
const scratch = new Scratch();
let sample: Sample;
let home: string;
let whole: Dump;
/** How long an import takes that nobody kills. */
let wholeMs: number;

/** Imports in a process of its own. @returns whether it came to its end before it was killed */
function importAndKill(store: string, afterMs: number, from = home): Promise<boolean> {
  const environment = { PATH: process.env["PATH"] ?? "", HOME: from };
  const child = spawn(process.execPath, [join(root, built, "assay.js"), "import", "--home", from, "--store", store], {
    env: environment,
    stdio: "ignore",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      if (code !== 0 && signal !== "SIGKILL") reject(new Error(`the import ended with ${code ?? signal}`));
      else resolve(code === 0);
    });
  });
}

beforeAll(async () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", built], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  sample = await makeSample(scratch.next("sample"));
  home = homeWith(scratch, sample, (repository, place) => repository === "tide" && place % 3 === 0);
  const store = await makeStore(scratch.next());
  const startedAt = performance.now();
  expect(await importAndKill(store, 120_000)).toBe(true);
  wholeMs = performance.now() - startedAt;
  whole = await dumpStore(store);
}, 180_000);
afterAll(() => {
  rmSync(join(root, built), { recursive: true, force: true });
  scratch.remove();
});

describe("an import that is killed", () => {
  // The first tenth is the start of the program, the last one its end.
  for (const share of [0.25, 0.5, 0.75]) {
    it(`after about ${share} of its time is finished by the next one`, async () => {
      const store = await makeStore(scratch.next());
      const killedAt = wholeMs * (share + (Math.random() - 0.5) * 0.2);
      await importAndKill(store, killedAt);
      await importInto(store, { home });
      expect(differences(whole, await dumpStore(store)), `killed after ${killedAt} of ${wholeMs} ms`).toEqual([]);
    });
  }

  it("three times in a row is finished by the next one", async () => {
    const store = await makeStore(scratch.next());
    const killedAt = [0.3, 0.5, 0.7].map((share) => wholeMs * (share + (Math.random() - 0.5) * 0.2));
    for (const moment of killedAt) await importAndKill(store, moment);
    await importInto(store, { home });
    expect(differences(whole, await dumpStore(store)), `killed after ${killedAt.join(", ")} of ${wholeMs} ms`).toEqual([]);
  });

  it("in a store that was full is finished by the next one, from the part that was derived", async () => {
    const filled = await makeStore(scratch.next());
    const earlier = homeWith(scratch, sample, (repository, place) => repository === "tide" && place % 6 === 0);
    expect(await importAndKill(filled, 120_000, earlier)).toBe(true);
    for (const share of [0.4, 0.75]) {
      const store = scratch.next();
      cpSync(filled, store, { recursive: true, preserveTimestamps: true });
      const killedAt = wholeMs * share;
      await importAndKill(store, killedAt);
      expect(await importAndKill(store, 120_000)).toBe(true);
      expect(differences(whole, await dumpStore(store)), `killed after ${killedAt} of ${wholeMs} ms`).toEqual([]);
    }
  }, 300_000);
});
