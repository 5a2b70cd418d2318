/**
 * Fills the facts of a new store with a million usages and nothing else, ids as long and as random as real ones: what a
 * usage takes on disk.
 *
 * node invented-usages.js STORE
 */
import type { SightingFact } from "../../src/contract/facts.ts";
import { FactStore } from "../../src/store/store.ts";

const usages = 1_000_000;
const usagesASession = 70;
const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("invented-usages.js STORE");

let state = 1;
/** A whole number below `limit`; the same row in every run (mulberry32). */
function below(limit: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}

const id = (prefix: string): string => prefix + Array.from({ length: 22 }, () => letters[below(letters.length)]).join("");

/** A response of a session that goes on for some minutes: its context grows, its answers differ in length. */
function sighting(number: number): SightingFact {
  const session = Math.floor(number / usagesASession);
  const place = number % usagesASession;
  return {
    kind: "sighting",
    agent: "claude-code",
    session: `00000000-0000-4000-8000-${String(session).padStart(12, "0")}`,
    provider: "anthropic",
    messageId: id("msg_01"),
    requestId: id("req_01"),
    instant: Date.UTC(2026, 0, 1) + session * 600_000 + place * 8_000 + below(8_000),
    agentId: null,
    model: below(5) === 0 ? "claude-haiku-4-5" : "claude-opus-4-6",
    agentVersion: "2.1.40",
    serviceTier: "standard",
    speed: null,
    geo: null,
    cwd: "/code/shop",
    branch: "main",
    counts: {
      input: 1 + below(10),
      cacheRead: 18_000 + place * 1_500 + below(1_500),
      cacheWrite5m: below(3_000),
      cacheWrite1h: 0,
      output: 1 + below(1_200),
      reasoning: null,
    },
    outputQuality: "final",
    webSearches: 0,
    visibleChars: 0,
    reportedCostNanoUsd: null,
  };
}

const store = await FactStore.open(folder);
try {
  const telling = { source: "claude-code", device: null, seenAt: Date.UTC(2026, 1, 1), repositoryOf: () => 1 };
  for (let number = 0; number < usages; number++) {
    store.addTokenFact(sighting(number), telling);
    if (store.isFull) await store.commit(telling.seenAt);
  }
  await store.commit(telling.seenAt);
  console.log(JSON.stringify({ usages }));
} finally {
  store.close();
}
