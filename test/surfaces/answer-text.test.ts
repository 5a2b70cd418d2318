import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fateNames } from "../../src/contract/fates.ts";
import { renderAnswerText } from "../../src/surfaces/cli/answer-text.ts";
import { columnsOf } from "../../src/surfaces/cli/printable.ts";
import { answerFixture, answerOf, fixtureCents } from "./answer-fixture.ts";

const plain = { width: 100, color: false };

/** The row of the ledger that begins with a name, without its fill. */
function row(text: string, name: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.slice(3).trimStart().startsWith(`${name} `))
      ?.slice(3) ?? ""
  );
}

describe("the answer in a terminal", () => {
  it("says first what was spent, on which basis, over how much and when", () => {
    const [first, second] = renderAnswerText(answerFixture, plain).split("\n");
    expect(first).toBe("$1,240.00 at API list prices, not what you paid · 18,204 responses · 212 sessions");
    expect(second).toBe("5 Jan – 15 Feb 2026");
  });

  it("asks the question, and answers it with a band and its counter-measure", () => {
    const text = renderAnswerText(answerFixture, plain).replace(/\n/g, " ");
    expect(text).toContain("What did the tokens buy?");
    // stuck 62,000 of 124,000; with maturing 12,400 and in flight 3,100: 77,500; undone 22,320.
    expect(text).toContain(
      "50.0 % of the spend is code that landed, was released and stayed; 62.5 % if all that ripens sticks; 18.0 % was undone.",
    );
  });

  it("prints both denominators, and none of decided for what is not decided", () => {
    const text = renderAnswerText(answerFixture, plain);
    // decided: 124,000 − ripening 15,500 − unknown 9,300 = 99,200; 62,000 of it is 62.5 %.
    expect(row(text, "bought")).toMatch(/\$620\.00 +50\.0 % \(46–53\) +62\.5 %/);
    expect(row(text, "undone")).toMatch(/\$223\.20 +18\.0 % \(14–21\) +22\.5 %/);
    expect(row(text, "ripening")).toMatch(/\$155\.00 +12\.5 % \(8\.5–16\) +landed or open/);
    expect(row(text, "rework")).toMatch(/\$99\.20 +8\.0 % \(4\.0–11\)/);
  });

  it("says which ranks the convention makes, of groups and under a table", () => {
    const text = renderAnswerText(answerFixture, plain).replace(/\n +/g, " ");
    expect(text).toContain("not distinguishable: ripening and undone");
    expect(text).toContain("by bought not distinguishable: claude-opus-4-5-20251101 and claude-haiku-4-5-20251001");
    expect(text.match(/not distinguishable/g)).toHaveLength(2);
  });

  it("says not observed for what cannot be observed, never 0", () => {
    const text = renderAnswerText(answerFixture, plain);
    expect(text).toContain("not observed: repair, reviewing, burned, idle");
    const oneOfTwo = renderAnswerText(answerOf({ ...fixtureCents, in_flight: null }), plain);
    expect(row(oneOfTwo, "in flight")).toMatch(/not observed/);
  });

  it("makes the coverage the headline below 60 %", () => {
    // 55 of 100 dollars unlinked.
    const cents = { ...fixtureCents, ...Object.fromEntries(fateNames.map((fate) => [fate, 0])), unlinked: 5_500, stuck: 4_500 };
    const text = renderAnswerText(answerOf(cents), plain);
    expect(text).toContain("Only 45.0 % of the spend could be followed to what it bought");
    expect(text).not.toContain("What did the tokens buy?");
  });

  it("says that data is a sample, that trailers are ignored, and the asked day, before any number", () => {
    const changes = { isSample: true, ignoreTrailers: true, asOf: "2026-01-31T23:59:59.999Z" };
    const lines = renderAnswerText(answerOf(fixtureCents, changes), plain).split("\n");
    expect(lines[0]).toMatch(/^SAMPLE DATA/);
    expect(lines[1]).toContain("As of 31 Jan 2026");
    expect(lines[2]).toContain("--ignore-trailers");
    expect(lines[3]).toMatch(/^\$1,240\.00/);
  });

  it("names the models without a price and the share of tokens nobody can price", () => {
    const text = renderAnswerText(answerFixture, plain);
    expect(text).toContain("<0.1 % of the tokens have no price: quill-2-preview (14 responses, 88,120 tokens)");
    expect(renderAnswerText(answerOf(fixtureCents, { unpriced: [] }), plain)).toContain("every model has a price");
  });

  it("stays within 100 columns, within 80, and within about 60 lines beside what it says it does not know", () => {
    for (const width of [80, 100, 240]) {
      const lines = renderAnswerText(answerFixture, { width, color: false }).trimEnd().split("\n");
      expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(Math.min(width, 100));
      const unknown = lines.slice(lines.indexOf("What is not known")).indexOf("");
      expect(lines.length - unknown).toBeLessThanOrEqual(width === 80 ? 66 : 62);
    }
  });

  it("is the same text with colour, once the colour is taken away", () => {
    const colored = renderAnswerText(answerFixture, { width: 100, color: true });
    expect(colored).toContain("\x1b[38;5;");
    expect(colored.replace(/\x1b\[[\d;]*m/g, "")).toBe(renderAnswerText(answerFixture, plain));
  });

  it("draws no bar and divides by nothing when nothing was spent", () => {
    const none = answerOf(
      Object.fromEntries(fateNames.map((fate) => [fate, fixtureCents[fate] === null ? null : 0])) as typeof fixtureCents,
      {
        usages: 0,
        weeks: [],
        period: { from: null, to: null },
      },
    );
    const text = renderAnswerText(none, plain);
    expect(text).toContain("No billed response was found.");
    expect(text).not.toMatch(/NaN|undefined|null|█/);
  });

  it("says when responses were found and none has a price", () => {
    const free = Object.fromEntries(fateNames.map((fate) => [fate, fixtureCents[fate] === null ? null : 0])) as typeof fixtureCents;
    expect(renderAnswerText(answerOf(free), plain)).toContain("No response found here has a price");
  });

  it("prints names from logs without their control characters", () => {
    const models = [{ model: "evil\x1b]0;title\x07\u202e", usages: 1, nanoUsd: "1", bought: null, boughtSpan: { low: null, high: null } }];
    const text = renderAnswerText(answerOf(fixtureCents, { models }), plain);
    expect(text).toContain("evil\ufffd]0;title\ufffd\ufffd");
    expect(text).toContain("<$0.01");
  });

  it("prints shares and dollars that add up to the whole, whatever the fates are", () => {
    const amounts = fc.tuple(...fateNames.map(() => fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 10_000_000 }))));
    fc.assert(
      fc.property(amounts, (values) => {
        const cents = Object.fromEntries(fateNames.map((fate, i) => [fate, values[i] ?? null])) as typeof fixtureCents;
        fc.pre(values.some((value) => (value ?? 0) > 0));
        const lines = renderAnswerText(answerOf(cents, { weeks: [] }), plain).split("\n");
        const from = lines.findIndex((line) => line.includes("of spend  ")) + 1;
        const rows = lines.slice(
          from,
          lines.findIndex((line) => line.startsWith("   total")),
        );
        const groups = rows.filter((line) => !line.startsWith("   "));
        const sum = (pattern: RegExp): number =>
          groups.reduce((total, line) => total + Math.round(Number((pattern.exec(line)?.[1] ?? "0").replaceAll(",", "")) * 100), 0);
        expect(sum(/\$([\d,.]+)/)).toBe(values.reduce<number>((total, value) => total + (value ?? 0), 0));
        expect(sum(/ ([\d.]+) %/)).toBe(100_00);
      }),
      { numRuns: 200 },
    );
  });
});
