import { describe, expect, it } from "vitest";
import { clip, columnsOf, printable, wrap } from "./printable.ts";

describe("text for a terminal", () => {
  it("shows control characters and direction marks instead of obeying them", () => {
    expect(printable("a\x1b[31mb\x9bc\u202ed\ne")).toBe("a\ufffd[31mb\ufffdc\ufffdd e");
  });

  it("counts wide characters twice and combining ones not at all", () => {
    expect(columnsOf("灯台")).toBe(4);
    expect(columnsOf("e\u0301")).toBe(1);
  });

  it("clips to columns, not to characters", () => {
    expect(clip("harbour", 4)).toBe("har…");
    expect(clip("灯台守", 4)).toBe("灯…");
    expect(clip("harbour", 7)).toBe("harbour");
  });

  it("breaks between words and clips a word that fits no line", () => {
    expect(wrap("a bb ccc", 4)).toEqual(["a bb", "ccc"]);
    expect(wrap("lighthouse", 5)).toEqual(["ligh…"]);
  });
});
