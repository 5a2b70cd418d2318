import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allocate, segmentWeight } from "../../src/attribution/allocation.ts";
import { fate } from "../../src/attribution/fates.ts";
import type { SessionInput } from "../../src/attribution/model.ts";
import { splitCharge } from "../../src/attribution/split.ts";
import { type FateName, fateNames } from "../../src/contract/fates.ts";
import { anySession } from "./any-session.ts";

const day = 86_400_000;

/** Money by fate of the chosen usages. */
function ledger(
  session: SessionInput,
  asOf: number,
  chosen: (usage: number) => boolean,
  rule: "lines" | "pooled" | "equal" = "lines",
): Map<FateName, bigint> {
  const costs = new Map(session.usages.map((usage) => [usage.id, usage.listNanoUsd]));
  const money = new Map<FateName, bigint>();
  for (const { usages, strands } of allocate(session, { rule, flows: true })) {
    const fates = strands.map((strand) => fate(strand, asOf));
    for (const id of usages.filter(chosen)) {
      const cost = costs.get(id) ?? null;
      if (cost === null) continue; // no price, no charge
      splitCharge(
        cost,
        strands.map((strand) => strand.weight),
      ).forEach((part, i) => {
        money.set(fates[i] as FateName, (money.get(fates[i] as FateName) ?? 0n) + part);
      });
    }
  }
  return money;
}

const total = (money: Iterable<bigint>): bigint => [...money].reduce((sum, part) => sum + part, 0n);

describe("conservation", () => {
  it("splits any charge over any weights without losing a nano-dollar", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 19n), fc.array(fc.nat(1_000_000_000), { minLength: 1, maxLength: 40 }), (cost, weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const parts = splitCharge(cost, weights);
        expect(total(parts)).toBe(cost);
        parts.forEach((part, i) => {
          expect(part >= 0n).toBe(true);
          if (weights[i] === 0) expect(part).toBe(0n);
        });
      }),
    );
  });

  it("makes the fates of any choice of charges add up to their spend, at any instant, under every rule", () => {
    fc.assert(
      fc.property(
        anySession(),
        fc.nat(120),
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.constantFrom("lines" as const, "pooled" as const, "equal" as const),
        (session, asOf, choice, rule) => {
          const chosen = (usage: number): boolean => choice[usage % choice.length] as boolean;
          const spend = total(session.usages.filter((usage) => chosen(usage.id)).map((usage) => usage.listNanoUsd ?? 0n));
          const money = ledger(session, asOf * day, chosen, rule);
          expect(total(money.values())).toBe(spend);
          for (const name of money.keys()) expect(fateNames).toContain(name);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("the view ledger", () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:");
  });
  afterAll(() => instance.closeSync());

  it("splits as splitCharge does", async () => {
    // Weights of a segment add up to segmentWeight; the view's arithmetic stays inside 64 bits because of it.
    const cases = fc
      .sample(
        fc.record({
          cost: fc.bigInt(0n, 2n ** 62n),
          shares: fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }).filter((shares) => shares.some((share) => share > 0)),
        }),
        { numRuns: 200, seed: 7 },
      )
      .map(({ cost, shares }) => ({ cost, weights: splitCharge(BigInt(segmentWeight), shares).map(Number) }));
    const connection = await instance.connect();
    const sql = (name: string): string => readFileSync(new URL(`../../src/store/${name}`, import.meta.url), "utf8");
    await connection.run(sql("derived.sql"));
    await connection.run(sql("views/ledger.sql"));
    const charges: string[] = [];
    const usages: string[] = [];
    const strands: string[] = [];
    const expected: string[] = [];
    cases.forEach(({ cost, weights }, c) => {
      charges.push(`(${c}, ${c}, ${cost})`);
      usages.push(`(${c}, ${c})`);
      let from = 0;
      weights.forEach((weight, s) => {
        strands.push(`(${c * 100 + s}, ${c}, ${from}, ${from + weight}, ${segmentWeight})`);
        from += weight;
      });
      expected.push(...splitCharge(cost, weights).map((part, s) => `${c * 100 + s}:${part}`));
    });
    await connection.run(`INSERT INTO charge (charge_id, usage_id, list_nano_usd) VALUES ${charges.join(",")}`);
    await connection.run(`INSERT INTO usage_d (usage_id, segment_id) VALUES ${usages.join(",")}`);
    await connection.run(`INSERT INTO strand (strand_id, segment_id, weight_from, weight_to, weight_total) VALUES ${strands.join(",")}`);
    const answer = await connection.runAndReadAll("SELECT strand_id, list_nano_usd FROM ledger ORDER BY strand_id");
    expect(answer.getRows().map(([strand, part]) => `${strand}:${part}`)).toEqual(expected);
    connection.closeSync();
  });
});
