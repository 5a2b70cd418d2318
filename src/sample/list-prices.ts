import type { Counts } from "./transcript.ts";

/** List prices of the models the sample uses, dollars a million tokens: fresh input, output, cache read, cache write for 5 minutes, for an hour. */
const listPrices: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  "claude-haiku-4-5-20251001": [1, 5, 0.1, 1.25, 2],
  "claude-sonnet-4-5-20250929": [3, 15, 0.3, 3.75, 6],
  "claude-opus-4-5-20251101": [5, 25, 0.5, 6.25, 10],
  "claude-opus-4-6": [5, 25, 0.5, 6.25, 10],
};

/** What a response costs at list prices, in whole nano-dollars (a dollar a million tokens is 1,000 of them a token). */
export function listNanoUsd(model: string, counts: Counts): number {
  const prices = listPrices[model];
  if (prices === undefined) throw new Error(`the sample has no price for ${model}`);
  const [input, output, read, write5m, write1h] = prices;
  const tokens = [counts.input, counts.output, counts.cacheRead, counts.cacheWrite5m, counts.cacheWrite1h];
  return [input, output, read, write5m, write1h].reduce((sum, dollars, i) => sum + Math.round(dollars * 1000) * (tokens[i] as number), 0);
}
