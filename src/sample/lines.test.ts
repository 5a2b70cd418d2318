import { describe, expect, it } from "vitest";
import { hunksBetween, type Line, mergeLines, replaceLines, structuredPatch } from "./lines.ts";

let id = 0;
const line = (text: string): Line => ({ id: ++id, text, unit: 1, statement: 1 });
const [a, b, c, d, e] = ["alpha", "beta", "gamma", "delta", "epsilon"].map(line) as [Line, Line, Line, Line, Line];
const x = line("x");
const y = line("y");

describe("hunksBetween", () => {
  it("pairs a run that went with the run that came in its place", () => {
    expect(hunksBetween([a, b, c], [a, x, y, c])).toEqual([{ oldAt: 1, newAt: 1, removed: [b], added: [x, y] }]);
  });

  it("keeps an insertion and a removal apart when lines stay between them", () => {
    expect(hunksBetween([a, b, c], [x, a, c])).toEqual([
      { oldAt: 0, newAt: 0, removed: [], added: [x] },
      { oldAt: 1, newAt: 2, removed: [b], added: [] },
    ]);
  });

  it("refuses lines that changed their order", () => {
    expect(() => hunksBetween([a, b], [b, a])).toThrow("order");
  });
});

describe("replaceLines", () => {
  it("keeps the identity of lines whose text stays, in order", () => {
    const news = ["new", "beta", "newer"].map((text) => ({ text, statement: 2 }));
    const after = replaceLines([a, b, c, d], 0, 3, news, (text) => line(text.text));
    expect(after.map((each) => each.text)).toEqual(["new", "beta", "newer", "delta"]);
    expect(after[1]).toBe(b);
    expect(after[3]).toBe(d);
  });
});

describe("structuredPatch", () => {
  it("shows three lines around a change and joins changes that are near", () => {
    const many = Array.from({ length: 12 }, (_, index) => line(`l${index + 1}`));
    const after = [...many.slice(0, 4), x, ...many.slice(5, 9), y, ...many.slice(9)];
    const patch = structuredPatch(many, after);
    expect(patch).toEqual([
      {
        oldStart: 2,
        oldLines: 11,
        newStart: 2,
        newLines: 12,
        lines: [" l2", " l3", " l4", "-l5", "+x", " l6", " l7", " l8", " l9", "+y", " l10", " l11", " l12"],
      },
    ]);
  });
});

describe("mergeLines", () => {
  it("takes what each side changed", () => {
    expect(mergeLines([a, b, c, d, e], [a, x, c, d, e], [a, b, c, e, y])).toEqual([a, x, c, e, y]);
  });

  it("puts two insertions into one gap, the first side's first", () => {
    expect(mergeLines([a, b], [a, x, b], [a, y, b])).toEqual([a, x, y, b]);
  });

  it("undoes a change when the changed state is the base", () => {
    expect(mergeLines([a, x, c], [a, x, c, y], [a, b, c])).toEqual([a, b, c, y]);
  });

  it("refuses two replacements of one line", () => {
    expect(() => mergeLines([a, b, c], [a, x, c], [a, y, c])).toThrow("both sides");
  });
});
