/** A response of Codex is counted once, whichever files tell it, in whatever order, and however often. */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { joinSightings } from "../../src/attribution/usages.ts";
import type { SightingFact } from "../../src/contract/facts.ts";
import type { Sighting } from "../../src/contract/stored.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { codex } from "../../src/sources/codex/index.ts";
import type { SourceEnv } from "../../src/sources/source.ts";

const env = (family: string): SourceEnv => ({
  home: fileURLToPath(new URL(`../fixtures/codex/${family}/`, import.meta.url)),
  variables: {},
  platform: "linux",
  gitDirs: [],
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
});

/** Sightings by the file that tells them. */
async function told(family: string): Promise<Map<string, Sighting[]>> {
  const files = new Map<string, Sighting[]>();
  for await (const found of codex.discover(env(family))) {
    if ("problem" in found) throw new Error(found.problem.message);
    const sightings: Sighting[] = [];
    for await (const batch of found.read(null)) {
      for (const item of batch) if (item.kind === "fact" && item.fact.kind === "sighting") sightings.push(stored(item.fact));
    }
    files.set(/-(\w+)\.jsonl$/.exec(found.key)?.[1] ?? found.key, sightings);
  }
  return files;
}

const stored = (fact: SightingFact): Sighting => ({ ...fact, source: "codex", responseKey: fact.messageId ?? "" });

const counted = (sightings: readonly Sighting[]): string[] =>
  joinSightings(sightings).usages.map(
    ({ session, agentId, counts: c }) => `${session} ${agentId ?? "main"} ${c.input}+${c.cacheRead}>${c.output}`,
  );

describe("a parent with two forks that go on alike", () => {
  let files: Map<string, Sighting[]>;
  beforeAll(async () => {
    files = await told("fork");
  });

  test("is three responses of its own and one of each fork", () => {
    expect([...files].map(([file, { length }]) => [file, length])).toEqual([
      ["f1", 3],
      ["f2", 3],
      ["p1", 3],
    ]);
    expect(counted([...files.values()].flat())).toEqual([
      "p1 main 100+0>10",
      "p1 main 100+100>5",
      "p1 main 200+200>10",
      "f1 main 200+200>10",
      "f2 main 200+200>10",
    ]);
  });

  test("is counted the same where the parent's file is gone: what was copied stays the parent's", () => {
    expect(counted([...(files.get("f1") ?? []), ...(files.get("f2") ?? [])])).toEqual([
      "p1 main 100+0>10",
      "p1 main 100+100>5",
      "f1 main 200+200>10",
      "f2 main 200+200>10",
    ]);
  });

  test("is counted the same in any order, told once or often", () => {
    const all = [...files.values()].flat();
    const whole = counted(all);
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }), (shuffled) => {
        expect(counted(shuffled)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});

test("a sub-agent's copy of its parent's history is the parent's, and its own work is the sub-agent's", async () => {
  expect(counted([...(await told("sub-agent")).values()].flat())).toEqual(["m1 main 400+0>20", "m1 k1 500+0>9", "m1 main 500+1000>30"]);
});
