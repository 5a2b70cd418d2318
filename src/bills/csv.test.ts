import { expect, test } from "vitest";
import { CsvReader } from "./csv.ts";

function read(text: string, pieceLength = text.length || 1): { rows: (readonly string[])[]; lines: number[]; isTorn: boolean } {
  const reader = new CsvReader();
  const records = [];
  for (let at = 0; at < text.length; at += pieceLength) records.push(...reader.push(text.slice(at, at + pieceLength)));
  const { records: last, isTorn } = reader.end();
  records.push(...last);
  return { rows: records.map(({ cells }) => cells), lines: records.map(({ line }) => line), isTorn };
}

test("reads quotes, doubled quotes, line ends inside quotes, and CRLF", () => {
  const { rows, lines } = read('a,b\r\n"x, ""y""","two\nlines"\r\n\r\n,last');
  expect(rows).toEqual([
    ["a", "b"],
    ['x, "y"', "two\nlines"],
    ["", "last"],
  ]);
  expect(lines).toEqual([1, 2, 5]);
});

test("reads the same in pieces of any length", () => {
  const text = '\uFEFFname;note\n"a;b";"1\r\n2"\nplain;"say ""no"""\r\nlast;one';
  const whole = read(text);
  expect(whole.rows).toEqual([
    ["name", "note"],
    ["a;b", "1\r\n2"],
    ["plain", 'say "no"'],
    ["last", "one"],
  ]);
  for (let length = 1; length < text.length; length++) expect(read(text, length), `pieces of ${length}`).toEqual(whole);
});

test("takes the separator the first line has most of", () => {
  expect(read("a\tb\tc\n1,5\t2\t3\n").rows).toEqual([
    ["a", "b", "c"],
    ["1,5", "2", "3"],
  ]);
  expect(read("only\none\n").rows).toEqual([["only"], ["one"]]);
});

test("says that a file ends inside a quoted cell, and keeps what was whole", () => {
  expect(read('a,b\n1,2\n3,"4')).toEqual({
    rows: [
      ["a", "b"],
      ["1", "2"],
    ],
    lines: [1, 2],
    isTorn: true,
  });
  expect(read("")).toEqual({ rows: [], lines: [], isTorn: false });
});
