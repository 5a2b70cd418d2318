/**
 * What is paid, spread over usages: every nano-dollar of the bills and fees that count is in exactly one place, a usage or a
 * remainder. Pure.
 */
import type { BilledCell } from "./billed-cells.ts";
import { comparableModel } from "./model-name.ts";

export interface ChargedUsage {
  readonly id: number;
  readonly provider: string | null;
  readonly agent: string;
  /** UTC milliseconds. */
  readonly instant: number;
  readonly model: string;
  /** Null where no price is known. */
  readonly listNano: bigint | null;
  readonly tokens: number;
}

/** A fee that is paid however much is used: a seat, a subscription, hours of machines. Half open. */
export interface FlatFee {
  readonly provider: string;
  /** Null for every agent. */
  readonly agents: readonly string[] | null;
  readonly from: number;
  readonly to: number;
  readonly nano: bigint;
  /** List price of the use that is paid with it, nano-dollars; null where there is no such limit. */
  readonly includedNano: bigint | null;
}

export const remainderKinds = ["unlogged", "unused_seat", "commitment", "credit", "tax", "other"] as const;
export type RemainderKind = (typeof remainderKinds)[number];

/** Money that no usage explains. */
export interface Remainder {
  readonly kind: RemainderKind;
  readonly provider: string;
  /** Beginning of what it is paid for. */
  readonly at: number;
  readonly model: string | null;
  readonly nano: bigint;
}

export interface BilledCharges {
  /** By usage id; a usage that no bill and no fee covers is not there: what it cost is not known. */
  readonly usages: ReadonlyMap<number, bigint>;
  readonly remainders: readonly Remainder[];
}

/**
 * - A bill's usage goes to the logged usages of its provider, days and model, in the ratio of their list prices. Where the bill's
 *   own list price is above theirs, only their part of it; where it tells no list price, no more than theirs. The rest is `unlogged`.
 * - A fee goes to all usages of its provider (and agents) in its time, in the ratio of their list prices, of their tokens where
 *   none has a price. Of an allowance only what was used; the rest, and a fee nobody used, is `unused_seat`.
 * - A bill's seats and commitments are fees; unused commitments, credits, taxes and others are remainders.
 * @param usages in an order that does not depend on who came first: parts are differences of cumulative floors
 */
export function billedCharges(cells: readonly BilledCell[], fees: readonly FlatFee[], usages: readonly ChargedUsage[]): BilledCharges {
  const paid = new Map<number, bigint>();
  const index = new UsageIndex(usages);
  const named = modelsBySpan(cells);
  const remainders: Remainder[] = [];
  const remain = (
    kind: RemainderKind,
    { provider, from, model }: Pick<BilledCell, "provider" | "from"> & { model: string | null },
    nano: bigint,
  ): void => {
    if (nano !== 0n) remainders.push({ kind, provider, at: from, model, nano });
  };
  const spread = (nano: bigint, over: readonly ChargedUsage[]): void => {
    for (const [id, part] of partsOf(nano, over)) paid.set(id, (paid.get(id) ?? 0n) + part);
  };
  for (const cell of cells) {
    if (cell.billed === null) continue;
    if (cell.use === "usage") {
      const own = index.within(cell).filter(isOf(cell, named.get(spanKey(cell)) ?? noModels));
      const explained = explainedOf(cell.billed, cell.atList, listOf(own));
      if (explained !== null)
        spread(
          explained,
          own.filter(({ listNano }) => listNano !== null),
        );
      remain("unlogged", { ...cell, model: own[0]?.model ?? cell.modelName }, cell.billed - (explained ?? 0n));
    } else if (cell.use === "seat" || cell.use === "commitment") {
      const unused = spreadFee({ ...cell, agents: null, nano: cell.billed, includedNano: null }, index, spread);
      remain(cell.use === "seat" ? "unused_seat" : "commitment", cell, unused);
    } else remain(cell.use === "unused_commitment" ? "commitment" : cell.use, cell, cell.billed);
  }
  for (const fee of fees) remain("unused_seat", { ...fee, model: null }, spreadFee(fee, index, spread));
  return { usages: paid, remainders };
}

const noModels: ReadonlySet<string> = new Set();
const spanKey = ({ provider, from, to }: BilledCell): string => `${provider} ${from} ${to}`;

/** The models a bill names, by provider and days. */
function modelsBySpan(cells: readonly BilledCell[]): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map<string, Set<string>>();
  for (const cell of cells) {
    if (cell.use !== "usage" || cell.model === null) continue;
    const own = named.get(spanKey(cell));
    if (own) own.add(cell.model);
    else named.set(spanKey(cell), new Set([cell.model]));
  }
  return named;
}

/** Whether a usage is of a cell: of its model, or of none that the bill names for those days where the cell names none. */
const isOf =
  (cell: BilledCell, named: ReadonlySet<string>) =>
  ({ model }: ChargedUsage): boolean =>
    cell.model === null ? !named.has(comparableModel(model)) : comparableModel(model) === cell.model;

/** Usages by provider and instant: years of bills and a million usages meet without looking at each pair. */
class UsageIndex {
  readonly #byProvider = new Map<string, ChargedUsage[]>();

  constructor(usages: readonly ChargedUsage[]) {
    for (const usage of usages) {
      if (usage.provider === null) continue;
      const own = this.#byProvider.get(usage.provider);
      if (own) own.push(usage);
      else this.#byProvider.set(usage.provider, [usage]);
    }
    // Stable: usages of one instant stay in their order.
    for (const own of this.#byProvider.values()) own.sort((a, b) => a.instant - b.instant);
  }

  within({ provider, from, to }: { readonly provider: string; readonly from: number; readonly to: number }): ChargedUsage[] {
    const own = this.#byProvider.get(provider) ?? [];
    return own.slice(firstAt(own, from), firstAt(own, to));
  }
}

/** Index of the first usage at or after an instant. */
function firstAt(usages: readonly ChargedUsage[], instant: number): number {
  let [low, high] = [0, usages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((usages[middle] as ChargedUsage).instant < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Null where nothing that is priced was logged. */
function listOf(usages: readonly ChargedUsage[]): bigint | null {
  const priced = usages.flatMap(({ listNano }) => listNano ?? []);
  return priced.length === 0 ? null : priced.reduce((sum, nano) => sum + nano, 0n);
}

/** What of a billed amount the logged usages explain; null where there are none, or the amount is a correction below nothing. */
function explainedOf(billed: bigint, atList: bigint | null, logged: bigint | null): bigint | null {
  if (logged === null || billed < 0n) return null;
  if (atList === null) return billed < logged ? billed : logged;
  return atList <= logged || atList <= 0n ? billed : (billed * logged) / atList;
}

type Spread = (nano: bigint, over: readonly ChargedUsage[]) => void;

/** @returns what of the fee nobody used */
function spreadFee(fee: FlatFee, index: UsageIndex, spread: Spread): bigint {
  const { agents, nano, includedNano } = fee;
  const own = index.within(fee).filter((usage) => agents === null || agents.includes(usage.agent));
  if (own.length === 0 || nano < 0n) return nano;
  const logged = listOf(own) ?? 0n;
  const used = includedNano === null || logged >= includedNano ? nano : (nano * logged) / includedNano;
  spread(used, own);
  return nano - used;
}

/** In the ratio of list prices; of tokens where none has a price or all are free; else evenly. Adds up to `nano` exactly. */
function partsOf(nano: bigint, over: readonly ChargedUsage[]): [number, bigint][] {
  const weights = [over.map(({ listNano }) => listNano ?? 0n), over.map(({ tokens }) => BigInt(tokens)), over.map(() => 1n)].find((all) =>
    all.some((weight) => weight > 0n),
  );
  if (weights === undefined) return [];
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  let upTo = 0n;
  let given = 0n;
  return over.map(({ id }, i) => {
    upTo += weights[i] ?? 0n;
    const part = (nano * upTo) / total - given;
    given += part;
    return [id, part];
  });
}
