/**
 * Value at a place of sorted values, between the two nearest: 0.5 is the median (definition 7 of Hyndman and Fan 1996).
 * @param sorted ascending @param at 0..1 @returns null without values
 */
export function quantile(sorted: readonly number[], at: number): number | null {
  if (sorted.length === 0) return null;
  const place = at * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number];
  return low + (place - below) * (high - low);
}
