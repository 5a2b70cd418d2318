import { describe, expect, it } from "vitest";
import type { Line } from "./lines.ts";
import { formattedFiles, type Reformat } from "./reformat.ts";
import { Stage } from "./stage.ts";

const stage = new Stage(0, 1);

function formatted(text: string, how: Reformat): readonly Line[] {
  const line = stage.chronicle.newLine({ text, statement: 1 }, 1);
  return formattedFiles(stage, new Map([["a.ts", [line]]]), [how], () => true, new Set()).get("a.ts") ?? [];
}

const texts = (text: string, how: Reformat): string[] => formatted(text, how).map((line) => line.text);

describe("a formatter", () => {
  it("changes quotes, indent and trailing commas, and leaves what it can do nothing with", () => {
    expect(texts('  log.warn("late");', "quotes")).toEqual(["  log.warn('late');"]);
    expect(texts("  log.warn(`it's`);", "quotes")).toEqual(["  log.warn(`it's`);"]);
    expect(texts("    return 1;", "indent")).toEqual(["        return 1;"]);
    expect(texts("  save({ a: 1, b });", "commas")).toEqual(["  save({ a: 1, b, });"]);
    expect(texts('  // a comment of "quotes"', "quotes")).toEqual(['  // a comment of "quotes"']);
  });

  it("wraps a long call over three lines, of which the first is the line there was", () => {
    const long = "  const decision = accept(berth.priority, vessel.draughtCm, request.windowMinutes);";
    const [first, inner, last] = formatted(long, "wrap") as [Line, Line, Line];
    expect([first.text, inner.text, last.text]).toEqual([
      "  const decision = accept(",
      "    berth.priority, vessel.draughtCm, request.windowMinutes,",
      "  );",
    ]);
    expect([inner.from, last.from]).toEqual([first.id, first.id]);
    expect(stage.cases.nameOf(first.id, null)).toBe("re-wrap");
  });
});
