import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fateNames } from "../../src/contract/fates.ts";
import type { MeasureQueryInput } from "../../src/contract/query.ts";
import { MeasureStore, type TestRow, chargeRow, instant, usageRow } from "./measure-store.ts";

let store: MeasureStore;
beforeAll(async () => {
  store = await MeasureStore.open();
  await store.insert("repository_d", [
    { repository_id: 1, name: "one", horizon_ms: instant("2026-06-30") },
    { repository_id: 2, name: "two", horizon_ms: instant("2026-06-30") },
  ]);
  await store.insert(
    "session_d",
    [1, 2, 3, 4].map((session_id) => ({ session_id, session_key: `s${session_id}`, agent: "a", repository_id: 1 })),
  );
});
afterAll(() => store.close());

/** Responses of up to 9 e16 nano-dollars, so that any double would show; up to four strands a segment, or none. */
const facts = fc.record({
  usages: fc.array(
    fc.record({
      cost: fc.option(fc.bigInt({ min: 0n, max: 90_000_000_000_000_000n }), { freq: 6 }),
      session: fc.integer({ min: 1, max: 4 }),
      segment: fc.integer({ min: 1, max: 5 }),
      model: fc.constantFrom("opus", "haiku", "gpt"),
      repository: fc.constantFrom(1, 2, null),
      day: fc.integer({ min: 0, max: 120 }),
      quality: fc.constantFrom("final", "partial"),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  segments: fc.array(
    fc.array(fc.record({ weight: fc.integer({ min: 1, max: 1_000_000 }), fate: fc.constantFrom(...fateNames) }), { maxLength: 4 }),
    {
      minLength: 5,
      maxLength: 5,
    },
  ),
});
type Facts = typeof facts extends fc.Arbitrary<infer T> ? T : never;

async function fill({ usages, segments }: Facts): Promise<void> {
  await store.clear();
  await store.insert(
    "usage_d",
    usages.map(({ session, segment, model, repository, day, quality }, index) =>
      usageRow(index, {
        session_id: session,
        segment_id: segment,
        model,
        repository_id: repository,
        instant_ms: instant("2026-01-01") + day * 86_400_000,
        output_quality: quality,
      }),
    ),
  );
  await store.insert(
    "charge",
    usages.map(({ cost }, index) => chargeRow(index, cost)),
  );
  const strands: TestRow[] = [];
  const fates: TestRow[] = [];
  for (const [index, parts] of segments.entries()) {
    const weight_total = parts.reduce((sum, { weight }) => sum + weight, 0);
    let to = 0;
    for (const { weight, fate } of parts) {
      const strand_id = strands.length;
      strands.push({ strand_id, segment_id: index + 1, weight_from: to, weight_to: (to += weight), weight_total, flow: "own" });
      fates.push({ strand_id, fate });
    }
  }
  await store.insert("strand", strands);
  await store.insert("strand_fate", fates);
}

const oneOrMore = (...values: (string | null)[]) => fc.subarray(values, { minLength: 1 });
const chargeFilters = fc.array(
  fc.oneof(
    fc.record({ dimension: fc.constant("model"), is: fc.constantFrom("in", "not_in"), values: oneOrMore("opus", "haiku", "gpt") }),
    fc.record({ dimension: fc.constant("repository"), is: fc.constantFrom("in", "not_in"), values: oneOrMore("one", "two", null) }),
    fc.record({ dimension: fc.constant("session"), is: fc.constantFrom("in", "not_in"), values: oneOrMore("s1", "s2", "s3", "s4") }),
    fc.record({ dimension: fc.constant("output_quality"), is: fc.constant("in"), values: oneOrMore("final", "partial") }),
  ),
  { maxLength: 3 },
) as fc.Arbitrary<NonNullable<MeasureQueryInput["where"]>>;

const exact = (cells: readonly unknown[]): bigint => cells.reduce<bigint>((sum, cell) => sum + BigInt((cell as string | null) ?? "0"), 0n);

test("for any filter on attributes of charges the fates add up to the spend, exactly", async () => {
  await fc.assert(
    fc.asyncProperty(facts, chargeFilters, fc.constantFrom("fate", "roll_up", "grade", "flow"), async (generated, where, by) => {
      await fill(generated);
      const whole = await store.ask({ measures: ["spend"], where });
      const parts = await store.ask({ measures: ["spend"], by: [by], where });
      expect(exact(parts.rows.map(({ spend }) => spend))).toBe(exact(whole.rows.map(({ spend }) => spend)));
    }),
    { numRuns: 40 },
  );
});

test("buckets of time cover the whole once, in any time zone", async () => {
  const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati");
  const grains = fc.constantFrom("day", "week", "month", "quarter", "year") as fc.Arbitrary<MeasureQueryInput["grain"]>;
  await fc.assert(
    fc.asyncProperty(facts, zones, grains, async (generated, timeZone, grain) => {
      await fill(generated);
      const whole = await store.ask({ measures: ["spend", "usages"] });
      const buckets = await store.ask({ measures: ["spend", "usages"], grain: grain ?? null, timeZone });
      expect(exact(buckets.rows.map(({ spend }) => spend))).toBe(exact(whole.rows.map(({ spend }) => spend)));
      expect(buckets.rows.reduce((sum, { usages }) => sum + Number(usages), 0)).toBe(generated.usages.length);
    }),
    { numRuns: 20 },
  );
});

test("a ratio is the ratio of its parts, and shares of a whole add up to one", async () => {
  await fc.assert(
    fc.asyncProperty(facts, chargeFilters, async (generated, where) => {
      await fill(generated);
      const { rows } = await store.ask({ measures: ["coverage_share", "spend_linked", "spend"], by: ["model"], where });
      for (const { coverage_share, spend_linked, spend } of rows) {
        const expected = spend === null || spend === "0" || spend_linked === null ? null : Number(spend_linked) / Number(spend);
        if (expected === null) expect(coverage_share).toBeNull();
        else expect(coverage_share).toBeCloseTo(expected, 12);
      }
      const shares = await store.ask({ measures: ["fate_share"], by: ["fate"], where });
      const known = shares.rows.filter(({ fate_share }) => fate_share !== null);
      if (known.length > 0) expect(known.reduce((sum, { fate_share }) => sum + Number(fate_share), 0)).toBeCloseTo(1, 9);
    }),
    { numRuns: 20 },
  );
});
