import { describe, expect, it } from "vitest";
import { fateNames } from "../../src/contract/fates.ts";
import { renderAnswerHtml } from "../../src/surfaces/cli/answer-html.ts";
import { answerFixture, answerOf, fixtureCents } from "./answer-fixture.ts";

const page = renderAnswerHtml(answerFixture);
/** What a person reads: no tags, no style, plain blanks. */
const words = (source: string): string =>
  source
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\u00a0/g, " ")
    .replace(/\s+/g, " ");

describe("the answer as a page", () => {
  it("needs nothing else: no script, no address, no import, and forbids them itself", () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|https?:|\bon\w+=|src=/i);
    expect(page.match(/url\(([^)]*)\)/g)?.every((use) => use.startsWith("url(#fill-"))).toBe(true);
    expect(page).toContain("default-src 'none'");
  });

  it("has a language, a title with the number, a viewport, and both themes", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain("<title>What did the tokens buy? $1,240.00, 5 Jan – 15 Feb 2026</title>");
    expect(page).toContain('name="viewport"');
    expect(page).toContain("prefers-color-scheme:dark");
  });

  it("says the same as the terminal", () => {
    const text = words(page);
    expect(text).toContain(
      "50.0 % of the spend is code that landed, was released and stayed; 62.5 % if all that ripens sticks; 18.0 % was undone.",
    );
    expect(text).toContain("$620.00 50.0 % (46–53) 62.5 %");
    expect(text).toContain("repair reviewing burned idle not observed");
    expect(text).toContain("92.5 % of the spend is followed to a fate; not followed: $59.00 (in repositories");
    expect(text).toContain("ccusage may show another total");
  });

  it("makes the coverage the headline below 60 %", () => {
    const cents = { ...fixtureCents, ...Object.fromEntries(fateNames.map((fate) => [fate, 0])), unlinked: 5_500, stuck: 4_500 };
    expect(words(renderAnswerHtml(answerOf(cents)))).toContain("Only 45.0 % of the spend could be followed");
  });

  it("escapes every text that was read, in text and in attributes", () => {
    const hostile = `"><script>alert('x')</script>&`;
    const [repository] = answerFixture.repositories;
    const [session] = answerFixture.topSessions;
    const [change] = answerFixture.topChanges;
    if (repository === undefined || session === undefined || change === undefined) throw new Error("the fixture has one of each");
    const answer = answerOf(fixtureCents, {
      repositories: [{ ...repository, name: hostile, defaultBranch: hostile, releaseRule: hostile, horizon: hostile }],
      models: [{ model: hostile, usages: 1, nanoUsd: null, bought: null, boughtSpan: { low: null, high: null } }],
      topSessions: [{ ...session, session: hostile, agent: hostile, repository: hostile, startedAt: hostile }],
      topChanges: [{ ...change, change: hostile, landedAt: hostile }],
      unpriced: [{ model: hostile, usages: 1, tokens: 1 }],
      unlinkedReasons: [{ reason: hostile, sentence: hostile, nanoUsd: "1" }],
      notKnown: [hostile],
      problems: [{ code: hostile, severity: "lost", count: 1, sentence: hostile }],
      sources: [{ source: hostile, files: 1, bytes: 1, absent: 0, sessions: 1, usages: 1, problems: 1 }],
      quality: [{ quality: hostile, share: 1 }],
      ccusageSentence: hostile,
      asOf: hostile,
      period: { from: hostile, to: hostile },
      weeks: [{ week: hostile, nanoUsd: "10", byRollUp: { bought: "10", [hostile]: "1" } }],
    });
    const made = renderAnswerHtml(answer);
    expect(made).not.toContain("<script");
    expect(made).not.toContain("alert('x')");
    expect(made).toContain("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;");
  });

  it("puts a table with the same numbers under every chart, and names every chart", () => {
    for (const chart of page.match(/<svg[^>]*role="img"[^>]*>/g) ?? []) expect(chart).toMatch(/aria-label="[^"]+"/);
    const weeks = words(page.slice(page.indexOf("The weeks as a table")));
    // 19 January: 17,900 + 1,600 + 4,900 + 1,400 + 1,500 cents.
    expect(weeks).toContain("19 Jan 2026 $273.00 $179.00 $0.00 $16.00 $49.00 $14.00 $15.00");
  });

  it("draws parts whose widths add up to the bar", () => {
    const bar = page.slice(page.indexOf('<svg class="bar"'), page.indexOf("</svg>", page.indexOf('<svg class="bar"')));
    const widths = [...bar.matchAll(/<rect x="[\d.]+%" width="([\d.]+)%"/g)].map((match) => Number(match[1]));
    expect(widths).toEqual([50, 12.5, 7, 18, 5, 7.5]);
  });

  it("closes every element it opens", () => {
    const open: string[] = [];
    for (const [, closing, name = "", rest = ""] of page.replace(/<style>.*?<\/style>/s, "").matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
      if (["meta", "br"].includes(name) || rest.endsWith("/")) continue;
      if (closing === "/") expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});
