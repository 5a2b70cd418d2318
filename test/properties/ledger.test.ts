/** What the ledger of a real store keeps, whatever is asked of it: no dollar is lost, and nothing comes from later. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Questions } from "../../src/app/questions.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";
import type { MeasureQueryInput } from "../../src/contract/query.ts";
import { type Sample, Scratch, homeWith, importInto, makeSample, makeStore, openStore } from "../scenarios/support/sample-store.ts";

const scratch = new Scratch();
const day = 86_400_000;
let sample: Sample;
let home: string;
let store: string;
let questions: Questions;

beforeAll(async () => {
  sample = await makeSample(scratch.next("sample"));
  home = homeWith(scratch, sample, (repository) => repository !== "harbour");
  store = await makeStore(scratch.next());
  await importInto(store, { home });
  questions = await Questions.open(store, null, defaultFateParameters);
}, 120_000);
afterAll(() => {
  questions.close();
  scratch.remove();
});

/** Attributes of charges: they say what was bought and where, not what became of it. */
const attributes = ["model", "session", "repository", "agent", "sub_agent"] as const;

async function valuesOf(attribute: string): Promise<(string | null)[]> {
  const { rows } = await questions.ask({ measures: ["spend"], by: [attribute] });
  return rows.map((row) => row[attribute] as string | null);
}

async function anyFilters(): Promise<fc.Arbitrary<Pick<MeasureQueryInput, "where" | "range" | "timeZone">>> {
  const filters: fc.Arbitrary<{ dimension: string; is: "in" | "not_in"; values: (string | null)[] }>[] = [];
  for (const dimension of attributes) {
    const values = fc.uniqueArray(fc.constantFrom(...(await valuesOf(dimension)), "nobody"), { minLength: 1, maxLength: 4 });
    filters.push(fc.record({ dimension: fc.constant(dimension), is: fc.constantFrom("in" as const, "not_in" as const), values }));
  }
  const dates = fc.option(
    fc.integer({ min: -5, max: 95 }).map((days) => new Date(sample.truth.startAt + days * day).toISOString().slice(0, 10)),
  );
  return fc.record({
    where: fc.array(fc.oneof(...filters), { maxLength: 3 }),
    range: fc.record({ from: dates, to: dates }),
    timeZone: fc.constantFrom("UTC", "Pacific/Auckland", "America/St_Johns"),
  });
}

const total = (rows: readonly Readonly<Record<string, unknown>>[]): bigint =>
  rows.reduce((sum, row) => sum + BigInt(String(row["spend"] ?? 0)), 0n);

describe("the ledger", () => {
  it("makes fates add up to the spend of any choice of charges, on any day", async () => {
    const days = await Promise.all([20, 50].map((days) => Questions.open(store, sample.truth.endsAt - days * day, defaultFateParameters)));
    let withSpend = 0;
    await fc.assert(
      fc.asyncProperty(await anyFilters(), fc.constantFrom(questions, ...days), async (filters, then) => {
        const spend = total((await then.ask({ measures: ["spend"], ...filters })).rows);
        if (spend > 0n) withSpend++;
        for (const split of [["fate"], ["roll_up"], ["fate", "grade"], ["flow"]]) {
          expect(total((await then.ask({ measures: ["spend"], by: split, ...filters })).rows), split.join()).toBe(spend);
        }
        const { rows } = await then.ask({ measures: ["spend_allocated"], by: ["allocation"], ...filters });
        expect(rows.map((row) => row["spend_allocated"])).toEqual(rows.map(() => String(spend)));
        for (const row of (await then.ask({ measures: ["spend_low", "spend", "spend_high"], by: ["fate"], ...filters })).rows) {
          expect(BigInt(row["spend_low"] ?? 0)).toBeLessThanOrEqual(BigInt(row["spend"] ?? 0));
          expect(BigInt(row["spend_high"] ?? 0)).toBeGreaterThanOrEqual(BigInt(row["spend"] ?? 0));
        }
      }),
      { numRuns: 50 },
    );
    for (const then of days) then.close();
    expect(withSpend).toBeGreaterThan(10);
  });

  it("makes the parts of each charge add up to it", async () => {
    const [row] = await questions.database.all(
      `SELECT count(*)::INTEGER AS charges, count(*) FILTER (parts IS DISTINCT FROM list_nano_usd)::INTEGER AS wrong
       FROM (SELECT c.charge_id, c.list_nano_usd, (SELECT sum(l.list_nano_usd) FROM ledger l WHERE l.charge_id = c.charge_id) AS parts FROM charge c)`,
    );
    expect(row?.["charges"]).toBeGreaterThan(1_000);
    expect(row?.["wrong"]).toBe(0);
  });
});

const git = (args: readonly string[], input = ""): string =>
  execFileSync("git", ["-C", sample.repositories["tide"] as string, ...args], { input, encoding: "utf8" }).trim();

/** Puts every ref where it was at an instant; what was not there yet is gone. @returns how to put them back */
function takeBackTo(instant: number): string {
  const refs = git(["for-each-ref", "--format=%(refname) %(objectname)"])
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  const atThen = (ref: string): string => git(["rev-list", "-1", "--first-parent", `--before=${new Date(instant).toISOString()}`, ref]);
  const main = atThen("refs/heads/main");
  const commands = refs.map(([name]) => {
    const then = atThen(name);
    const isWhole = then === git(["rev-parse", `${name}^{commit}`]);
    if (isWhole) return "";
    // A branch with no commit of its own yet had not been made.
    const onMain = then === "" || git(["merge-base", then, main]) === then;
    return name === "refs/heads/main" || (!name.startsWith("refs/tags/") && !onMain) ? `update ${name} ${then}\n` : `delete ${name}\n`;
  });
  git(["update-ref", "--stdin"], commands.join(""));
  return refs.map(([name, object]) => `update ${name} ${object}\n`).join("");
}

/** A home as it was at an instant: records that were written later are not there. */
function homeAt(instant: number): string {
  const then = scratch.next("home");
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" }).filter((entry) => entry.endsWith(".jsonl"))) {
    const records = readFileSync(join(home, name), "utf8")
      .split("\n")
      .filter((record) => record !== "");
    const known = records.filter((record) => Date.parse(/"timestamp":"([^"]+)"/.exec(record)?.[1] ?? "") <= instant);
    if (known.length === 0) continue;
    mkdirSync(dirname(join(then, name)), { recursive: true });
    writeFileSync(join(then, name), `${known.join("\n")}\n`);
  }
  return then;
}

describe("an answer as of a day", () => {
  it("is that of a store which knows no later fact, save that its horizon was nearer then", async () => {
    const asOf = sample.truth.endsAt - 30 * day;
    const back = takeBackTo(asOf);
    const then = await makeStore(scratch.next());
    await importInto(then, { home: homeAt(asOf) }).finally(() => git(["update-ref", "--stdin"], back));
    const known = await openStore(then).audit({ asOf: null, links: true });
    const asked = await openStore(store).audit({ asOf, links: true });
    expect(asked.usage).toEqual(known.usage);
    expect(asked.ledger.costNanoUsd).toBe(known.ledger.costNanoUsd);
    expect(asked.links).toEqual(known.links);
    const nano = (audit: typeof asked, ...fates: string[]): bigint =>
      fates.reduce((sum, fate) => sum + BigInt(audit.ledger.fates[fate] ?? 0), 0n);
    // A later horizon tells that a line lived on until the asked day, and that what was written last was not landed by then.
    for (const fates of [
      ["stuck", "maturing"],
      ["unlinked", "in_flight", "abandoned"],
      ["reverted"],
      ["rework"],
      ["removed"],
      ["superseded"],
      ["no_artefact"],
    ]) {
      // A strand of other neighbours is rounded otherwise, by less than a nano-dollar a charge.
      const difference = Number(nano(asked, ...fates) - nano(known, ...fates));
      expect(Math.abs(difference), fates.join()).toBeLessThan(10_000);
    }
    expect(nano(known, "stuck")).toBeGreaterThan(0n);
  });
});
