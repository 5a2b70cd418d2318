/** Tails of the normal and of Student's distribution, as far as intervals need them. */

const simpsonSteps = 600;

function integral(of: (x: number) => number, from: number, to: number): number {
  const step = (to - from) / simpsonSteps;
  let sum = of(from) + of(to);
  for (let i = 1; i < simpsonSteps; i++) sum += of(from + i * step) * (i % 2 === 1 ? 4 : 2);
  return (sum * step) / 3;
}

/** Chance that a standard normal number is below −z. @param z ≥ 0 */
export function normalTail(z: number): number {
  return 0.5 - integral((x) => Math.exp((-x * x) / 2), 0, z) / Math.sqrt(2 * Math.PI);
}

/**
 * The t that Student's number is beyond, on one side, with chance `tail`. With t = √df · tan a the density becomes
 * cos(a)^(df − 1), which is integrated by Simpson's rule and halved into by bisection.
 *
 * @param tail above 0 and below 0.5 @param degrees of freedom, ≥ 1; need not be whole
 * @returns t > 0, right to four digits for tails from 0.005 on
 */
export function studentQuantile(tail: number, degrees: number): number {
  const density = (angle: number): number => Math.cos(angle) ** (degrees - 1);
  // A narrow peak wants its steps where it is: beyond twelve deviations there is nothing to add up.
  const end = degrees < 30 ? Math.PI / 2 : Math.atan(12 / Math.sqrt(degrees));
  const half = integral(density, 0, end);
  let [low, high] = [0, end];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (integral(density, 0, middle) / half < 1 - 2 * tail) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan(low);
}
