import fc from "fast-check";
import { expect, test } from "vitest";
import { type Contributors, defaultPeopleRule, passes, together, withheldGroups } from "./people.ts";

const group = (contributors: number, largestShare: number | null = 0.3, weight = 100): Contributors => ({
  contributors,
  largestShare,
  weight,
});
const withheld = (...groups: Contributors[]): number[] => [...withheldGroups(groups)].sort();

test("five people of whom none is above four fifths may be shown", () => {
  expect(withheld(group(5, 0.8), group(9))).toEqual([]);
});

test("a group of four is withheld, and the smallest other joins it so that subtraction tells nothing", () => {
  expect(withheld(group(4), group(12), group(6))).toEqual([0, 2]);
});

test("a group of which one person is nearly all is withheld", () => {
  expect(withheld(group(20, 0.81, 1), group(6, 0.3, 100), group(7))).toEqual([0, 1]);
});

test("a group that weighs nothing is withheld, and nothing is shown where nothing can be", () => {
  expect(withheld(group(8, null, 0))).toEqual([0]);
  expect(withheld(group(1), group(2))).toEqual([0, 1]);
  expect(withheld()).toEqual([]);
});

test("what is withheld together passes, or nothing is shown at all", () => {
  const groups = fc.array(
    fc.record({
      contributors: fc.nat({ max: 12 }),
      largestShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
      weight: fc.nat({ max: 1_000 }),
    }),
  );
  fc.assert(
    fc.property(groups, (all) => {
      const hidden = withheldGroups(all);
      for (const [index, one] of all.entries()) if (!hidden.has(index)) expect(passes(one, defaultPeopleRule)).toBe(true);
      if (hidden.size > 0 && hidden.size < all.length)
        expect(passes(together([...hidden].map((at) => all[at] as Contributors)), defaultPeopleRule)).toBe(true);
    }),
  );
});
