import { type ContextCost, type ContextUsage, contextCosts } from "../attribution/context-cause.ts";
import type { Usage } from "../attribution/model.ts";
import type { Sighting } from "../contract/stored.ts";
import type { PriceBook } from "../prices/price-book.ts";
import { priceInput } from "../prices/price-usage.ts";
import type { SessionFacts } from "./compute-session-facts.ts";
import type { PricedUsage } from "./compute.ts";

/**
 * Sessions that tell of responses another session owns: a resume or a fork begins with the conversation it goes on from.
 */
export function resumedSessions(sightings: readonly Sighting[], usages: readonly Usage[]): ReadonlySet<string> {
  const owner = new Map<string, string>();
  for (const usage of usages) for (const key of usage.responseKeys) owner.set(key, usage.session);
  return new Set(sightings.flatMap(({ session, responseKey }) => ((owner.get(responseKey) ?? session) === session ? [] : [session])));
}

/** What put the prompts of all usages there, session by session, made while it is asked for. */
export function* contextCostsOf(
  usages: readonly PricedUsage[],
  { calls, turns }: SessionFacts,
  resumed: ReadonlySet<string>,
  book: PriceBook,
): Generator<ContextCost> {
  const bySession = new Map<string, PricedUsage[]>();
  for (const usage of usages) {
    const list = bySession.get(usage.session);
    if (list) list.push(usage);
    else bySession.set(usage.session, [usage]);
  }
  for (const [session, own] of bySession)
    yield* contextCosts({
      usages: own.map((usage) => contextUsage(usage, book)),
      calls: calls.get(session) ?? [],
      turns: turns.get(session) ?? [],
      resumed: resumed.has(session),
    });
}

function contextUsage(usage: PricedUsage, book: PriceBook): ContextUsage {
  return { inputCost: usage.listNanoUsd === null ? null : priceInput(usage, book), ...usage };
}
