import type { BilledTokens } from "../contract/bill-facts.ts";

type TokenKind = keyof BilledTokens;

/** What a meter, SKU or line item counts. Null where its words do not say. */
export interface Meter {
  readonly model: string | null;
  readonly tokenKind: TokenKind | null;
}

/** Words by which clouds name kinds of tokens, the narrower first: a cache write is an input too. */
const kindWords: readonly (readonly [RegExp, TokenKind])[] = [
  [
    /cache[ _-]*(?:write|creation)[^.]*(?:1[ _-]*h|1[ _-]*hour|60[ _-]*m)|(?:1[ _-]*h(?:our)?)[^.]*cache[ _-]*(?:write|creation)/,
    "cacheWrite1h",
  ],
  [/cache[ _-]*(?:write|creation)[^.]*5[ _-]*m|5[ _-]*m(?:in(?:ute)?)?[^.]*cache[ _-]*(?:write|creation)/, "cacheWrite5m"],
  [/cache[ _-]*(?:write|creation)|cachewrite/, "cacheWrite"],
  [/cache[ _-]*(?:read|hit)|cacheread|cached[ _-]*(?:input|inp|text|token)|cchd[ _-]*inp/, "cacheRead"],
  [/\b(?:output|outp|opt|completion|response)s?\b|output[ _-]*token|outp[ _-]/, "output"],
  [/\b(?:input|inp|prompt)s?\b|input[ _-]*token|inp[ _-]/, "input"],
];

/** Beginnings of the names of model families, as they stand inside names of meters. */
const families: readonly RegExp[] = [
  /claude[ _-]*(?:opus|sonnet|haiku)[ _-]*\d+(?:[._-]\d(?!\d))?/,
  /claude[ _-]*\d+(?:[._-]\d(?!\d))?[ _-]*(?:opus|sonnet|haiku)/,
  /gpt[ _-]*\d+(?:[.]\d+)?o?(?:[ _-]+(?:mini|nano|pro|codex|sol|turbo))*/,
  /\bo[134](?:[ _-](?:mini|pro))?\b/,
  /gemini[ _-]*\d+(?:\.\d+)?[ _-]*(?:pro|flash|ultra)(?:[ _-]*lite)?/,
  /(?:mistral|codestral|deepseek|llama|nova|qwen|kimi|grok)[a-z0-9._-]*/,
];

/** Reads model and kind of token out of the words of a meter: `USE1-Claude4.5Opus-cache-read-input-token-count`. */
export function readMeter(text: string): Meter {
  const words = text
    .toLowerCase()
    .replace(/([a-z])(?=\d+(?:\.\d+)?(?:opus|sonnet|haiku))/g, "$1 ")
    .replace(/(\d)(opus|sonnet|haiku)/g, "$1 $2");
  const tokenKind = kindWords.find(([pattern]) => pattern.test(words))?.[1] ?? null;
  for (const family of families) {
    const found = family.exec(words)?.[0];
    if (found !== undefined) return { model: found.replace(/[ _]+/g, "-").replace(/-+$/, ""), tokenKind };
  }
  return { model: null, tokenKind };
}

/** How many tokens one of a unit is: `1K tokens`, `Tokens`, `1M Tokens`. @returns null for units of something else */
export function tokensPerUnit(unit: string): bigint | null {
  const match = /^\s*(\d+(?:\.\d+)?)?\s*([kmb])?\s*(?:ai\s+)?tok(?:en)?s?\b/i.exec(unit);
  if (match === null) return null;
  const scale = { k: 1_000n, m: 1_000_000n, b: 1_000_000_000n }[(match[2] ?? "").toLowerCase()] ?? 1n;
  const count = match[1] === undefined ? 1n : BigInt(Math.trunc(Number(match[1])));
  return count * scale;
}
