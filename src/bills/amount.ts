import { divideHalfUp, parseDecimal } from "../prices/decimal.ts";

/** Of the 12 decimal places of `parseDecimal`, those below a nano-unit. */
const belowNano = 1_000n;

/**
 * An amount as integer nano-units (1e-9), exact and rounded once, half away from zero.
 *
 * Takes what bills hold: a number (meaning the decimal it prints as), or text with a sign and thousands in no form but none:
 * `1,234.50` is refused, since `1,234` is a thousand here and a fraction there.
 *
 * @returns null for what is no decimal
 */
export function parseAmount(value: unknown): bigint | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value).trim();
  const isNegative = text.startsWith("-");
  const parsed = parseDecimal(text.replace(/^[+-]/, "").replace(/^\$/, "").replace(/^\./, "0."));
  if (parsed === null) return null;
  const nano = divideHalfUp(parsed, belowNano);
  return isNegative ? -nano : nano;
}

/** An amount in hundredths, as nano-units: `123.45` cents are 1.2345 dollars. @returns null for what is no decimal */
export function parseCents(value: unknown): bigint | null {
  const nanoCents = parseAmount(value);
  if (nanoCents === null) return null;
  const half = divideHalfUp(nanoCents < 0n ? -nanoCents : nanoCents, 100n);
  return nanoCents < 0n ? -half : half;
}

/** A count of tokens or requests: a whole number. @returns null for what is none */
export function parseCount(value: unknown): number | null {
  const nano = parseAmount(value);
  return nano === null || nano < 0n || nano % 1_000_000_000n !== 0n ? null : Number(nano / 1_000_000_000n);
}

const nanoPerUnit = 1_000_000_000n;

/** The product of two amounts in nano-units, rounded half away from zero. */
export function multiplyNano(a: bigint, b: bigint): bigint {
  const product = a * b;
  const rounded = divideHalfUp(product < 0n ? -product : product, nanoPerUnit);
  return product < 0n ? -rounded : rounded;
}
