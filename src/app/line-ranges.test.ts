import { expect, it } from "vitest";
import { LineRanges, linesOfRanges, newLineNumbers } from "./line-ranges.ts";

it("writes runs of line numbers and reads them back", () => {
  const ranges = new LineRanges();
  for (const line of [3, 4, 9]) ranges.add(line);
  expect(ranges.text).toBe("3+2,9+1");
  expect(linesOfRanges("3+2,9+1")).toEqual([3, 4, 9]);
  expect(linesOfRanges("")).toEqual([]);
});

it("numbers added lines as the new file does, hunk by hunk", () => {
  // @@ -2,1 +2,2 @@ and @@ -7,2 +8,1 @@
  expect([...newLineNumbers(Int32Array.from([2, 1, 2, 2, 7, 2, 8, 1]), 6)]).toEqual([0, 2, 3, 0, 0, 8]);
});
