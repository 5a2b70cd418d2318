/** Charts as pictures: golden ones, made by the same parts as the page's, and what must hold for any. */
import { describe, expect, it } from "vitest";
import { renderAnswerSvg, spendBarSvg, weeksSvg } from "../../src/surfaces/cli/answer-svg.ts";
import { answerFixture, answerOf, fixtureCents } from "./answer-fixture.ts";

const golden = (name: string): string => `./golden/${name}.svg`;

describe("the answer as a picture", () => {
  // Reviewed as code is: `npx vitest run -u` writes them anew, and the difference is read.
  it("is the golden one", async () => {
    await expect(renderAnswerSvg(answerFixture)).toMatchFileSnapshot(golden("answer"));
  });

  it("has golden charts", async () => {
    await expect(spendBarSvg(answerFixture)).toMatchFileSnapshot(golden("spend-bar"));
    await expect(weeksSvg(answerFixture)).toMatchFileSnapshot(golden("weeks"));
  });

  it("needs nothing else, and every element it opens it closes", () => {
    const picture = renderAnswerSvg(answerFixture);
    expect(picture.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/<script|https?:|href=|@import|\bon\w+=/i);
    const open: string[] = [];
    for (const [, closing, name = "", rest = ""] of picture.replace(/<style>.*?<\/style>/s, "").matchAll(/<(\/?)([a-zA-Z]+)([^>]*)>/g)) {
      if (rest.endsWith("/")) continue;
      if (closing === "/") expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    for (const [, id] of picture.matchAll(/url\(#([\w-]+)\)/g)) expect(picture).toContain(`<pattern id="${id}"`);
  });

  it("keeps what it draws inside its edges, and says what it shows", () => {
    const picture = renderAnswerSvg(answerFixture);
    const [, height = "0"] = /viewBox="0 0 1080 (\d+)"/.exec(picture) ?? [];
    const ends = [...picture.matchAll(/<(?:text|svg)[^>]* y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(Math.max(...ends)).toBeLessThan(Number(height));
    expect(picture).toContain("<title>What did the tokens buy? $1,240.00. 50.0");
    expect(picture).toContain("Not observed, and so never shown as 0: repair, reviewing, burned, idle.");
  });

  it("escapes what was read, and has no chart of weeks where nothing was spent", () => {
    const hostile = `"><script>alert('x')</script>&`;
    const [repository] = answerFixture.repositories;
    if (repository === undefined) throw new Error("the fixture has a repository");
    const made = renderAnswerSvg(answerOf(fixtureCents, { repositories: [{ ...repository, name: hostile }] }));
    expect(made).not.toContain("<script");
    expect(weeksSvg(answerOf(fixtureCents, { weeks: [] }))).toBeNull();
  });
});
