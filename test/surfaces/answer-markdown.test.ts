import { describe, expect, it } from "vitest";
import { renderAnswerMarkdown } from "../../src/surfaces/cli/answer-markdown.ts";
import { spendBarSvg } from "../../src/surfaces/cli/answer-svg.ts";
import { answerFixture, answerOf, fixtureCents } from "./answer-fixture.ts";

const text = renderAnswerMarkdown(answerFixture);

describe("the answer as Markdown", () => {
  it("says the same as the terminal and the page", () => {
    expect(text).toMatch(/^# What did the tokens buy\?\n/);
    expect(text).toContain("50.0 % of the spend is code that landed, was released and stayed; 62.5 % if all that ripens sticks");
    expect(text).toContain("| **bought** | $620.00 | 50.0 % | (46–53) | 62.5 % |");
    expect(text).toContain("| **repair** | not observed |");
    expect(text).toContain("| 19 Jan 2026 | $273.00 | $179.00 | $0.00 | $16.00 | $49.00 | $14.00 | $15.00 |");
  });

  it("holds its charts, each with words and a table below", () => {
    const pictures = [...text.matchAll(/!\[([^\]]+)\]\(data:image\/svg\+xml;base64,([^)]+)\)/g)];
    expect(pictures.map(([, words]) => words)).toEqual([
      "The spend by what it bought; the table below has the numbers",
      "Spend by week; the table below has the numbers",
    ]);
    expect(Buffer.from(pictures[0]?.[2] ?? "", "base64").toString()).toBe(spendBarSvg(answerFixture));
    expect(text).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });

  it("has as many cells in each row of a table as in its head", () => {
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    const cells = (line: string): number => line.replaceAll("\\|", "").split("|").length;
    for (const [i, row] of rows.entries()) if (/^\| (---|--:)/.test(rows[i + 1] ?? "")) expect(cells(rows[i + 1] ?? "")).toBe(cells(row));
    expect(rows.length).toBeGreaterThan(30);
  });

  it("lets nothing that was read mark anything up", () => {
    const hostile = "a | b <img src=x> [c](d) *e* `f|g`\nh";
    const [model] = answerFixture.models;
    if (model === undefined) throw new Error("the fixture has a model");
    const made = renderAnswerMarkdown(answerOf(fixtureCents, { models: [{ ...model, model: hostile }], notKnown: [hostile] }));
    expect(made).toContain("| a \\| b \\<img src=x\\> \\[c\\](d) \\*e\\* `f\\|g` h |");
    expect(made).not.toMatch(/(?<!\\)<img/);
  });
});
