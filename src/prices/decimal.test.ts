import { expect, test } from "vitest";
import { divideHalfUp, parseDecimal } from "./decimal.ts";

test("a decimal becomes an integer of its 12th place", () => {
  expect(parseDecimal("5")).toBe(5_000_000_000_000n);
  expect(parseDecimal("6.25")).toBe(6_250_000_000_000n);
  expect(parseDecimal("0.000000000001")).toBe(1n);
});

test("a float means the decimal it is printed as", () => {
  expect(parseDecimal(0.1)).toBe(100_000_000_000n);
  expect(parseDecimal(0.1 + 0.2)).toBe(300_000_000_000n);
  expect(parseDecimal(1e-7)).toBe(100_000n);
  expect(parseDecimal(2.5e-7)).toBe(250_000n);
});

test("what is no price is null", () => {
  for (const value of ["-1", "", "1,5", "NaN", Number.NaN, Number.POSITIVE_INFINITY, ".5", "0x10"]) expect(parseDecimal(value)).toBeNull();
});

test("halves round up, less rounds down", () => {
  expect(divideHalfUp(5n, 10n)).toBe(1n);
  expect(divideHalfUp(4n, 10n)).toBe(0n);
  expect(divideHalfUp(15n, 10n)).toBe(2n);
  expect(divideHalfUp(0n, 7n)).toBe(0n);
});
