import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fingerprinter, LineDiffBuilder } from "./fingerprint.ts";
import { type LineDiff, joinBare, packLineDiff, unpackLineDiff } from "./line-diff.ts";
import { lineKind, pathKind } from "./line-kind.ts";

const fingerprinter = new Fingerprinter("00112233445566778899aabbccddeeff");
const other = new Fingerprinter("ffeeddccbbaa99887766554433221100");

function features(lines: readonly string[], path = "a.ts", by = fingerprinter): LineDiff {
  const builder = new LineDiffBuilder(by, pathKind(path));
  builder.hunk(0, 0, 1, lines.length);
  for (const line of lines) builder.line(Buffer.from(line));
  return builder.finish();
}

/** Share of equal buckets of two sketches: an estimate of how alike two lines are. */
function alike(sketch: Uint32Array, a: number, b: number): number {
  let same = 0;
  for (let word = 0; word < 2; word++) {
    for (let shift = 0; shift < 32; shift += 4) {
      if ((((sketch[a * 2 + word] as number) >>> shift) & 15) === (((sketch[b * 2 + word] as number) >>> shift) & 15)) same++;
    }
  }
  return same / 16;
}

describe("the features of a line", () => {
  it("fold white space: indentation and runs do not change `folded`, they change `exact`", () => {
    const { lines } = features(["  return total;", "\treturn   total;\r", "return total;"]);
    expect(lines.folded[0]).toBe(lines.folded[1]);
    expect(lines.folded[0]).toBe(lines.folded[2]);
    expect(new Set(lines.exact).size).toBe(3);
  });

  it("tell `a b` from `ab` by `folded`, not by `bare`", () => {
    const { lines } = features(["const ab = 1", "const a b = 1"]);
    expect(lines.folded[0]).not.toBe(lines.folded[1]);
    expect(lines.bare[0]).toBe(lines.bare[1]);
  });

  it("leave formatting out of `bare`: white space, commas, kind of quotation marks", () => {
    const { lines } = features([
      "call('one', \"two\",)",
      'call("one","two")',
      "call(`one`, 'two'),",
      "call(one, 'two')",
      "cal('lone', 'two')",
    ]);
    expect(lines.bare[1]).toBe(lines.bare[0]);
    expect(lines.bare[2]).toBe(lines.bare[0]);
    expect(new Set(lines.bare).size).toBe(3);
  });

  it("join `bare` of the parts of a line to that of the whole, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 6 }), (texts) => {
        const parts = texts.map((text) => text.replaceAll(/[\r\n]/g, ""));
        const { lines } = features([...parts, parts.join("")]);
        const joined = [...lines.bare.subarray(0, -1)].reduce((whole, part) => joinBare(whole, part), 0);
        expect(joined).toBe(lines.bare[parts.length]);
      }),
    );
    const { lines } = features(["one", "two"]);
    const [one, two] = lines.bare as unknown as [number, number];
    expect(joinBare(one, two)).not.toBe(joinBare(two, one));
  });

  it("do not depend on what was read before, on where a line stands or on how it ends", () => {
    const texts = Array.from({ length: 3_000 }, (_, i) => `${" ".repeat(i % 3)}row ${i % 700} of the log;`);
    const together = features([...texts, ...texts]).lines;
    const fresh = new Fingerprinter("00112233445566778899aabbccddeeff");
    const log = new LineDiffBuilder(fresh, pathKind("a.ts"));
    const bytes = Buffer.from(`+${texts.join("\n+")}\n`);
    for (let at = 0; at < bytes.length; at++) at = log.line(bytes, at + 1);
    const { lines } = log.finish();
    for (const name of ["folded", "bare", "exact", "sketch", "length", "kind"] as const) {
      const half = together[name].length / 2;
      expect(together[name].subarray(half)).toEqual(together[name].subarray(0, half));
      expect(lines[name]).toEqual(together[name].subarray(0, half));
    }
  });

  it("are each path's own, though the line is the same: its kind, not its identity", () => {
    const code = features(["# what it is"], "a.ts").lines;
    const prose = features(["# what it is"], "a.md").lines;
    expect([code.kind[0], prose.kind[0]]).toEqual([lineKind.code, lineKind.prose]);
    expect([code.folded[0], code.exact[0]]).toEqual([prose.folded[0], prose.exact[0]]);
  });

  it("are the same for a transcript's text and git's bytes, beyond ASCII too", () => {
    const text = 'greet("grüß → 日本")';
    const bytes = new LineDiffBuilder(fingerprinter, pathKind("a.ts"));
    bytes.line(new TextEncoder().encode(text));
    expect(bytes.finish().lines.folded[0]).toBe(features([text]).lines.folded[0]);
  });

  it("cannot be made without the secret", () => {
    expect(features(["yes"]).lines.folded[0]).not.toBe(features(["yes"], "a.ts", other).lines.folded[0]);
    expect(() => new Fingerprinter("short")).toThrow(/32 hex/);
  });

  it("are safe integers, and all different for 50,000 different lines", () => {
    const { lines } = features(Array.from({ length: 50_000 }, (_, i) => `const value${i} = compute(${i * 7});`));
    expect(new Set(lines.folded).size).toBe(50_000);
    expect(lines.folded.every(Number.isSafeInteger)).toBe(true);
  });

  it("sketch an edited line closer to its original than to another line", () => {
    const { lines } = features([
      "const total = items.reduce((sum, item) => sum + item.price, 0);",
      "const total = items.reduce((sum, item) => sum + item.cost, 0);",
      "export function openHarbour(name: string): Harbour {",
    ]);
    expect(alike(lines.sketch, 0, 1)).toBeGreaterThan(0.6);
    expect(alike(lines.sketch, 0, 2)).toBeLessThan(0.4);
  });

  it.each([
    ["a.ts", "}", "trivial"],
    ["a.ts", "", "trivial"],
    ["a.ts", "});", "trivial"],
    ["a.ts", "else", "code"],
    ["a.ts", "x = 1", "trivial"],
    ["a.ts", "// why this is so", "comment"],
    ["a.py", "# why", "comment"],
    ["a.c", "#include <stdio.h>", "code"],
    ["a.sql", "-- grain", "comment"],
    ["README.md", "What it is", "prose"],
    ["a.json", '  "name": "harbour",', "data"],
    ["package-lock.json", '  "name": "harbour",', "generated"],
    ["tides.ipynb", '    "tides = read(\\"tides.csv\\")\\n",', "code"],
    ["tides.ipynb", '    "tides.tail(12)"', "code"],
    ["tides.ipynb", '    ")\\n",', "trivial"],
    ["tides.ipynb", '   "execution_count": 12,', "generated"],
    ["tides.ipynb", '    "collapsed": "true"', "generated"],
    ["tides.ipynb", '      "text of an output\\n",', "generated"],
    ["vendor/lib/a.go", "func main() {", "generated"],
    ["api.pb.go", "func main() {", "generated"],
  ] as const)("%s: %j is %s", (path, line, kind) => {
    expect(features([line], path).lines.kind[0]).toBe(lineKind[kind]);
  });
});

describe("packing", () => {
  it("gives back what it was given, for any lines", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const diff = features(lines.map((line) => line.replaceAll("\n", "")));
        expect(unpackLineDiff(packLineDiff(diff))).toEqual(diff);
      }),
    );
  });

  it("refuses bytes that do not fit their header", () => {
    expect(() => unpackLineDiff(packLineDiff(features(["one line"])).slice(0, -1))).toThrow(/does not fit/);
  });
});
