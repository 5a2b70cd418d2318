import { describe, expect, it } from "vitest";
import { parseAsOf } from "./as-of.ts";

describe("--as-of", () => {
  it("takes a date for the last millisecond of that day in UTC", () => {
    expect(parseAsOf("2026-01-31")).toBe(Date.UTC(2026, 1, 1) - 1);
    expect(parseAsOf("2024-02-29")).toBe(Date.UTC(2024, 2, 1) - 1);
  });

  it("takes an instant with its zone as it is", () => {
    expect(parseAsOf("2026-01-31T12:00:00Z")).toBe(Date.UTC(2026, 0, 31, 12));
    expect(parseAsOf("2026-01-31T12:00:00.250+02:00")).toBe(Date.UTC(2026, 0, 31, 10, 0, 0, 250));
  });

  it("refuses what is no day, has no zone, or is something else", () => {
    for (const text of [
      "2026-02-29",
      "2026-13-01",
      "2026-02-30T00:00:00Z",
      "2026-01-31T12:00:00",
      "2026-01-31T25:00:00Z",
      "yesterday",
      "",
      "0",
    ]) {
      expect(() => parseAsOf(text)).toThrow(expect.objectContaining({ code: "bad_as_of" }));
    }
  });
});
