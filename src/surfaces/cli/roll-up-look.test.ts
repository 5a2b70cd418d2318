import { describe, expect, it } from "vitest";
import { rollUp } from "../../contract/fates.ts";
import { type Vision, distance, visions } from "../../../test/surfaces/support/color-vision.ts";
import { rollUpLooks } from "./roll-up-look.ts";

const observable = ["bought", "ripening", "iteration", "undone", "thinking", "unknown"];

describe("the looks of the ten groups", () => {
  it("are those of the roll-up, each once, each with a fill character of its own", () => {
    expect(rollUpLooks.map((look) => look.name)).toEqual(Object.keys(rollUp));
    expect(new Set(rollUpLooks.map((look) => look.fill)).size).toBe(rollUpLooks.length);
  });

  it("stay apart for every kind of colour vision, the observable ones plainly", () => {
    for (const theme of ["light", "dark"] as const) {
      for (const vision of Object.keys(visions) as Vision[]) {
        for (const [i, look] of rollUpLooks.entries()) {
          for (const other of rollUpLooks.slice(i + 1)) {
            const wanted = observable.includes(look.name) && observable.includes(other.name) ? 18 : 12;
            const apart = distance(vision, look[theme], other[theme]);
            expect(apart, `${theme} ${vision}: ${look.name} and ${other.name}`).toBeGreaterThan(wanted);
          }
        }
      }
    }
  });

  it("differ in hatching wherever two of them touch in a bar", () => {
    const hatches = rollUpLooks.map((look) => look.hatch);
    expect(hatches.filter((hatch, i) => hatch === hatches[i + 1])).toEqual([]);
  });
});
