/** Decimal places every price is kept to: $ 0.000000000001 per million tokens. */
const places = 12;

/**
 * A price as an exact integer. USD per million tokens with 12 decimals is atto-dollars (1e-18) per token: no rate of the
 * book and no product of rate and count needs a fraction.
 *
 * Numbers go through their shortest decimal text, so the float 0.1 is one tenth. A float that no decimal of 12 places
 * equals (1/12 written as 0.08333333333333334) is cut to 12.
 *
 * @returns null for what is no non-negative decimal
 */
export function parseDecimal(value: string | number): bigint | null {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/i.exec(String(value));
  if (match === null) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const shift = places - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
}

/** Throws on what is no price: for lists whose schema was checked. */
export function requireDecimal(value: string | number): bigint {
  const decimal = parseDecimal(value);
  if (decimal === null) throw new Error(`a price list holds ${JSON.stringify(value)} where a price belongs`);
  return decimal;
}

/** The factor 1 as `parseDecimal` gives it. */
export const one = 10n ** BigInt(places);

/** a / b for non-negative integers, half rounded up. */
export const divideHalfUp = (a: bigint, b: bigint): bigint => (2n * a + b) / (2n * b);
