import { expect, test } from "vitest";
import { multiplyNano, parseAmount, parseCents, parseCount } from "./amount.ts";

test("an amount is an integer of nano-units, rounded once and half away from zero", () => {
  expect(parseAmount("4.5")).toBe(4_500_000_000n);
  expect(parseAmount("0.00000080000")).toBe(800n);
  expect(parseAmount("-2.61370000000")).toBe(-2_613_700_000n);
  expect(parseAmount("-0.00000000603")).toBe(-6n);
  expect(parseAmount("0.0000000005")).toBe(1n);
  expect(parseAmount("-0.0000000005")).toBe(-1n);
  expect(parseAmount(3.511325)).toBe(3_511_325_000n);
  expect(parseAmount(1e-7)).toBe(100n);
  expect(parseAmount("$0.45")).toBe(450_000_000n);
  expect(parseAmount(".5")).toBe(500_000_000n);
});

test("what is no decimal is null, thousands separators too: they are a fraction elsewhere", () => {
  for (const value of ["", "NULL", "1,234.50", "1.234,50", "about 4", "--1", null, undefined, {}, Number.NaN])
    expect(parseAmount(value)).toBeNull();
});

test("hundredths become units", () => {
  expect(parseCents("123.45")).toBe(1_234_500_000n); // $1.2345
  expect(parseCents("-0.00000005")).toBe(-1n); // half a nano-dollar, away from zero
  expect(parseCents("a")).toBeNull();
});

test("a count is a whole number and not negative", () => {
  expect(parseCount("1200")).toBe(1200);
  expect(parseCount(1200.0)).toBe(1200);
  expect(parseCount("1.5")).toBeNull();
  expect(parseCount("-3")).toBeNull();
});

test("a product of a quantity and a price is rounded once", () => {
  expect(multiplyNano(351_132_420_000n, 10_000_000n)).toBe(3_511_324_200n); // 351.13242 credits at $0.01
  expect(multiplyNano(-1n, 500_000_000n)).toBe(-1n); // half a nano, away from zero
});
