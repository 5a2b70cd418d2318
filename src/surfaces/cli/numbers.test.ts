import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatBand,
  formatBytes,
  formatCount,
  formatDay,
  formatExactUsd,
  formatPeriod,
  formatRatio,
  formatTenths,
  formatUsd,
  shareUnits,
} from "./numbers.ts";

describe("printed numbers", () => {
  it("splits thirds so that they add up, without choosing one to take the remainder", () => {
    // Running sums 333.3, 666.7, 1000 round to 333, 667, 1000.
    expect(shareUnits([1n, 1n, 1n], 3n, 1000n)).toEqual([333n, 334n, 333n]);
  });

  it("prints parts that add up to the whole and are within one unit of their own value", () => {
    const parts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(parts, (amounts) => {
        const whole = amounts.reduce((sum, amount) => sum + amount, 0n);
        fc.pre(whole > 0n);
        const units = shareUnits(amounts, whole, 1000n);
        expect(units.reduce((sum, unit) => sum + unit, 0n)).toBe(1000n);
        units.forEach((unit, i) => {
          const distance = unit * whole - (amounts[i] ?? 0n) * 1000n;
          expect(distance <= whole && distance >= -whole).toBe(true);
        });
      }),
    );
  });

  it("prints low and high rounded outwards, tenths below ten, and nothing where they do not differ", () => {
    expect(formatBand({ low: 0.449, high: 0.5201 })).toBe("(44–53)");
    expect(formatBand({ low: 0.0391, high: 0.061 })).toBe("(3.9–6.1)");
    expect(formatBand({ low: 0, high: 0.12 })).toBe("(0–12)");
    expect(formatBand({ low: 0.5, high: 0.5004 })).toBe("");
    expect(formatBand({ low: null, high: 0.5 })).toBe("");
  });

  it("splits nothing into nothing", () => {
    expect(shareUnits([0n, 0n], 0n, 1000n)).toEqual([0n, 0n]);
  });

  it("writes dollars with thousands, and less than a cent as such", () => {
    expect(formatUsd("1564120000000")).toBe("$1,564.12");
    expect(formatUsd(5_000_000n)).toBe("$0.01");
    expect(formatUsd(4_999_999n)).toBe("<$0.01");
    expect(formatUsd("0")).toBe("$0.00");
    expect(formatUsd(-2_500_000_000n)).toBe("-$2.50");
    expect(formatExactUsd("1564120000001")).toBe("$1,564.120000001");
    expect(formatUsd("9007199254740993000000000")).toBe("$9,007,199,254,740,993.00");
  });

  it("writes counts, shares and bytes", () => {
    expect(formatCount(1234567)).toBe("1,234,567");
    expect(formatTenths(5n)).toBe("0.5 %");
    expect(formatRatio(0.519)).toBe("51.9 %");
    expect(formatRatio(0.0001)).toBe("<0.1 %");
    expect(formatRatio(0)).toBe("0.0 %");
    expect([999, 1_000, 1_250_000, 318_442_110].map(formatBytes)).toEqual(["999 B", "1.0 kB", "1.3 MB", "318 MB"]);
  });

  it("writes a period with the year once where it is one year", () => {
    expect(formatPeriod("2026-01-05", "2026-02-15")).toBe("5 Jan – 15 Feb 2026");
    expect(formatPeriod("2025-12-29", "2026-02-15")).toBe("29 Dec 2025 – 15 Feb 2026");
    expect(formatPeriod("2026-01-05", "2026-01-05")).toBe("5 Jan 2026");
    expect(formatPeriod(null, null)).toBeNull();
    expect(formatDay("2026-01-05T08:00:00Z")).toBe("5 Jan 2026");
  });
});
