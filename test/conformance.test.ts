/** The accounting corpus of conformance/, run on Assay: totals written down by hand for every trap (docs/guide/conformance.md). */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseAmount } from "../src/bills/amount.ts";
import { sources } from "../src/sources/registry.ts";
import { Scratch, importInto, makeStore, openStore } from "./scenarios/support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const count = z.int().nonnegative();
const caseSchema = z.strictObject({
  title: z.string(),
  trap: z.string(),
  agent: z.string(),
  expected: z.strictObject({
    usages: count,
    lost: count,
    models: z.array(
      z.strictObject({
        model: z.string(),
        input: count,
        cacheRead: count,
        cacheWrite5m: count,
        cacheWrite1h: count,
        output: count,
        costUsd: z.string().nullable(),
      }),
    ),
  }),
  /** Totals by which a mistake is recognised. */
  wrong: z.array(z.looseObject({ how: z.string() })).min(1),
});

const corpus = fileURLToPath(new URL("../conformance", import.meta.url));
const cases = readdirSync(corpus)
  .flatMap((agent) => readdirSync(join(corpus, agent)).map((name) => join(agent, name)))
  .sort();
const known = new Set<string>(sources.map(({ id }) => id));
const isRead = (name: string): boolean => known.has(name.split(/[\\/]/)[0] ?? "");

const dollars = (text: string | null): string | null => (text === null ? null : (parseAmount(text) ?? Number.NaN).toString());

describe("conformance", () => {
  it("has no case of an agent that no source reads", () => {
    expect(cases.filter((name) => !isRead(name))).toEqual([]);
  });

  it.each(cases)("%s", async (name) => {
    const told = caseSchema.parse(JSON.parse(readFileSync(join(corpus, name, "case.json"), "utf8")));
    expect(name.startsWith(told.agent)).toBe(true);
    const store = await makeStore(scratch.next());
    const summary = await importInto(store, { home: join(corpus, name, "home") });
    const { usage } = await openStore(store).audit({ asOf: null, links: false });
    const models = usage.map(({ model, input, cacheRead, cacheWrite5m, cacheWrite1h, output, costNanoUsd }) => ({
      model,
      input,
      cacheRead,
      cacheWrite5m,
      cacheWrite1h,
      output,
      costNanoUsd,
    }));
    const expected = told.expected.models.map(({ costUsd, ...tokens }) => ({ ...tokens, costNanoUsd: dollars(costUsd) }));
    const byModel = <T extends { model: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.model < b.model ? -1 : 1));
    expect(byModel(models)).toEqual(byModel(expected));
    expect(usage.reduce((sum, row) => sum + row.usages, 0)).toBe(told.expected.usages);
    expect(summary.lost).toBe(told.expected.lost);
  });

  it("runs at least the cases of Claude Code", () => {
    expect(cases.filter(isRead).length).toBeGreaterThanOrEqual(14);
  });

  it("tells of every case which wrong totals it is there to recognise, each other than the right one", () => {
    for (const name of cases) {
      expect(existsSync(join(corpus, name, "home")), name).toBe(true);
      const { expected, wrong } = caseSchema.parse(JSON.parse(readFileSync(join(corpus, name, "case.json"), "utf8")));
      for (const { how, ...totals } of wrong) {
        const right = { usages: expected.usages, lost: expected.lost, ...expected.models[0] };
        const same = Object.entries(totals).every(([key, value]) => right[key as keyof typeof right] === value);
        expect(same && expected.models.length === 1, `${name}: ${how}`).toBe(false);
      }
    }
  });
});
