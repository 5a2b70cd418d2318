import { describe, expect, it } from "vitest";
import { LineDiffBuilder } from "../../lines/fingerprint.ts";
import { pathKind } from "../../lines/line-kind.ts";
import { findReformatted } from "./reformatting.ts";
import { testFingerprinter } from "./test-repository.ts";

/** "added < removed" of one hunk, lines counted from 0 on each side. */
function pairs(removed: readonly string[], added: readonly string[], path = "a.ts"): readonly string[] {
  const builder = new LineDiffBuilder(testFingerprinter, pathKind(path));
  builder.hunk(1, removed.length, 1, added.length);
  for (const line of [...removed, ...added]) builder.line(Buffer.from(line));
  const found: string[] = [];
  findReformatted(builder.finish(), (to, from) => found.push(`${to - removed.length} < ${from}`));
  return found;
}

describe("reformatting", () => {
  it("is white space, commas and quotation marks; a changed letter is not", () => {
    expect(pairs(["  return sum( a,b );"], ["\treturn sum(a, b);"])).toEqual(["0 < 0"]);
    expect(pairs(["  'north',", "  'south'"], ['  "north",', '  "south",'])).toEqual(["0 < 0", "1 < 1"]);
    expect(pairs(["return sum(a, b);"], ["return sum(a, c);"])).toEqual([]);
  });

  it("is one line put on several, and several on one: each keeps the line its first character was in", () => {
    const whole = ["const berth = findBerth(harbour, 'north', { draught: 4 });"];
    const wrapped = ["const berth = findBerth(", "  harbour,", '  "north",', "  { draught: 4 },", ");"];
    expect(pairs(whole, wrapped)).toEqual(["0 < 0", "1 < 0", "2 < 0", "3 < 0", "4 < 0"]);
    expect(pairs(wrapped, whole)).toEqual(["0 < 0"]);
    const otherwise = ["const berth =", "  findBerth(harbour,", "    'north', {", "    draught: 4 });"];
    // the second line begins in the first of the old ones, the fourth where "draught" stood
    expect(pairs(wrapped, otherwise)).toEqual(["0 < 0", "1 < 0", "2 < 2", "3 < 3"]);
  });

  it("is found beside lines that are new or gone", () => {
    expect(pairs(["open( gate );", "wait(one);", "shut( gate );"], ["open(gate);", "count(ships);", "shut(gate);"])).toEqual([
      "0 < 0",
      "2 < 2",
    ]);
    expect(pairs(["shut( gate );"], ["first();", "second();", "shut(gate);"])).toEqual(["2 < 0"]);
  });

  it("of a line that says nothing counts only beside one that does", () => {
    expect(pairs(["    }", "one();"], ["  }", "other();"])).toEqual([]);
    expect(pairs(["if (ready) {", "    leave();", "    }"], ["if(ready){", "  leave();", "}"])).toEqual(["0 < 0", "1 < 1", "2 < 2"]);
  });

  it("does not go over the end of a hunk, and leaves generated files alone", () => {
    const builder = new LineDiffBuilder(testFingerprinter, pathKind("a.ts"));
    builder.hunk(1, 1, 0, 0);
    builder.hunk(9, 0, 9, 1);
    for (const line of ["open( gate );", "open(gate);"]) builder.line(Buffer.from(line));
    const found: number[] = [];
    findReformatted(builder.finish(), (to) => found.push(to));
    expect(found).toEqual([]);
    expect(pairs(['"a": 1'], ['"a":1'], "package-lock.json")).toEqual([]);
  });
});
