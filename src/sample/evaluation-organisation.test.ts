import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluationOrganisation, type Noise } from "./evaluation-organisation.ts";
import { generateSample, type SampleResult } from "./generate.ts";
import { hardCases } from "./hard-cases.ts";
import { readTruth, type SampleTruth } from "./truth.ts";

const scratch = mkdtempSync(join(tmpdir(), "assay-evaluation-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A quarter of the work of an evaluation, so that several seeds are quick. */
async function make(folder: string, seed: number, noise: Noise): Promise<SampleResult & { readonly truth: SampleTruth }> {
  const organisation = evaluationOrganisation({ seed, noise, itemsPerRepository: 7 });
  const result = await generateSample({ directory: join(scratch, folder), seed, organisation });
  return { ...result, truth: await readTruth(result.truthFile ?? "") };
}

type Made = Awaited<ReturnType<typeof make>>;
let noisy: Made;
let plain: Made;

beforeAll(async () => {
  noisy = await make("noisy", 11, "on");
  plain = await make("plain", 11, "off");
}, 120_000);

/** List prices by hand, nano-dollars a token: input, output, cache read, cache write for 5 minutes, for an hour. */
const nanoPrices: Readonly<Record<string, readonly [bigint, bigint, bigint, bigint, bigint]>> = {
  "claude-haiku-4-5-20251001": [1_000n, 5_000n, 100n, 1_250n, 2_000n],
  "claude-sonnet-4-5-20250929": [3_000n, 15_000n, 300n, 3_750n, 6_000n],
  "claude-opus-4-5-20251101": [5_000n, 25_000n, 500n, 6_250n, 10_000n],
  "claude-opus-4-6": [5_000n, 25_000n, 500n, 6_250n, 10_000n],
};

function spendOf({ models }: SampleTruth): bigint {
  return models.reduce((sum, { model, counts }) => {
    const [input, output, read, write5m, write1h] = nanoPrices[model] ?? [0n, 0n, 0n, 0n, 0n];
    const { cacheRead, cacheWrite5m, cacheWrite1h } = counts;
    const parts = [input * BigInt(counts.input), output * BigInt(counts.output), read * BigInt(cacheRead)];
    return [...parts, write5m * BigInt(cacheWrite5m), write1h * BigInt(cacheWrite1h)].reduce((a, b) => a + b, sum);
  }, 0n);
}

const hardShare = ({ responses }: SampleTruth): number => {
  const ends = responses.flatMap((response) => response.ends);
  const dollars = (rows: typeof ends): number => rows.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
  return dollars(ends.filter(({ hardCase }) => hardCase !== "plain")) / dollars(ends);
};

describe("an evaluation organisation", () => {
  it("is the same for the same seed, byte for byte, in another folder", async () => {
    const again = await make("another folder", 11, "on");
    expect(readFileSync(again.truthFile ?? "", "utf8")).toBe(readFileSync(noisy.truthFile ?? "", "utf8"));
  }, 60_000);

  it("has four teams of six and more, and eleven repositories of which one is nowhere", () => {
    const { repositories, days } = evaluationOrganisation({ seed: 1, noise: "on" });
    const teams = new Set(repositories.map(({ team }) => team));
    expect([...teams].map((team) => team.length)).toEqual([6, 7, 6, 7]);
    expect([repositories.length, repositories.filter(({ seen }) => !seen).length, days]).toEqual([11, 1, 426]);
    expect(new Set(repositories.map(({ habit }) => habit))).toEqual(new Set(["merge", "squash", "rebase", "push"]));
  });

  it.each(["on", "off"] as const)("pays every dollar once, noise %s: the fates add up to the spend, priced by hand", (noise) => {
    const { truth } = noise === "on" ? noisy : plain;
    const wrong = truth.responses.filter(({ nanoUsd, ends }) => ends.reduce((sum, end) => sum + end.nanoUsd, 0) !== nanoUsd);
    expect(wrong).toEqual([]);
    expect(truth.responses.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n)).toBe(spendOf(truth));
  });

  it("has nothing hard in it with noise off, and a quarter of the dollars and more with noise on", async () => {
    expect(hardShare(plain.truth)).toBe(0);
    const shares = [hardShare(noisy.truth)];
    for (const seed of [12, 13]) shares.push(hardShare((await make(`seed ${seed}`, seed, "on")).truth));
    for (const share of shares) expect(share).toBeGreaterThanOrEqual(0.25);
  }, 120_000);

  it("has most of the hard cases even in a quarter of the work", () => {
    const found = new Set(noisy.truth.responses.flatMap(({ ends }) => ends.map(({ hardCase }) => hardCase)));
    expect(hardCases.filter((name) => found.has(name)).length).toBeGreaterThan(hardCases.length / 2);
  });

  it("is real history: git finds nothing wrong, and the commits the truth names", () => {
    for (const [index, { folder }] of noisy.repositories.entries()) {
      const git = (...args: string[]): string => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
      expect(git("fsck", "--strict", "--no-dangling")).toBe("");
      const told = noisy.truth.repositories[index]?.commits.filter((commit) => commit.onChain).map((commit) => commit.hash);
      expect(new Set(told)).toEqual(new Set(git("rev-list", "--first-parent", "main").trim().split("\n")));
    }
  });

  it("has lines of all kinds of author, and those of a commit are those git adds", () => {
    expect(new Set(noisy.truth.authors.map(({ kind }) => kind))).toEqual(new Set(["agent", "mixed", "person"]));
    const [repository] = noisy.repositories;
    const rows = noisy.truth.authors.filter((row) => row.repository === repository?.name);
    for (const commit of [...new Set(rows.map((row) => row.commit))].slice(0, 40)) {
      const shown = execFileSync("git", ["-C", repository?.folder ?? "", "show", "--numstat", "-M", "--format=", commit], {
        encoding: "utf8",
      });
      const added = shown
        .trim()
        .split("\n")
        .reduce((sum, row) => sum + Number(row.split("\t")[0]), 0);
      const telling = rows.filter((row) => row.commit === commit).reduce((sum, { lines }) => sum + lines, 0);
      expect(telling).toBeLessThanOrEqual(added);
    }
  });
});
