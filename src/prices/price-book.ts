import { findListPrice, selfHosted } from "./base-list.ts";
import { one, requireDecimal } from "./decimal.ts";
import { isOfFamily } from "./model-family.ts";
import { type MultiplierKind, builtInMultipliers, plainValues } from "./multipliers.ts";
import { type PriceQuestion, findOwnMultiplier, findOwnPrice } from "./own-list.ts";
import type { OwnPrice } from "./own-prices.ts";
import type { Price } from "./price.ts";

/** Dated prices without a network. Looking up a model twice on one day costs a map look-up. */
export interface PriceBook {
  /** A reason instead of a price where nobody's list has the model on that day. */
  findPrice(asked: PriceQuestion): Price | "unknown_model" | "self_hosted";
  /** Factor on the price of tokens, with 12 decimals (`one` is 1); null: the value has no known price. */
  findMultiplier(asked: PriceQuestion, kind: MultiplierKind, value: string | null): bigint | null;
}

const dayMs = 86_400_000;

/** @param own the `prices` part of assay.yaml, which goes before the base list */
export function createPriceBook(own: readonly OwnPrice[] = []): PriceBook {
  const ofDay = new Map<string, Price | "unknown_model" | "self_hosted">();
  return {
    findPrice(asked) {
      const key = JSON.stringify([asked.provider, asked.model, Math.floor(asked.instant / dayMs)]);
      const known = ofDay.get(key);
      if (known !== undefined) return known;
      const ownPrice = findOwnPrice(own, asked);
      const found = ownPrice === null ? findBasePrice(asked) : { price: ownPrice, wholeDay: true };
      if (found.wholeDay) ofDay.set(key, found.price);
      return found.price;
    },
    findMultiplier(asked, kind, value) {
      if (value === null || plainValues[kind].includes(value)) return one;
      return findOwnMultiplier(own, asked, kind, value) ?? findBuiltInMultiplier(asked.model, kind, value);
    },
  };
}

function findBasePrice(asked: PriceQuestion): { readonly price: Price | "unknown_model" | "self_hosted"; readonly wholeDay: boolean } {
  if (selfHosted.has(asked.provider?.toLowerCase() ?? "")) return { price: "self_hosted", wholeDay: true };
  return findListPrice(asked) ?? { price: "unknown_model", wholeDay: true };
}

function findBuiltInMultiplier(model: string, kind: MultiplierKind, value: string): bigint | null {
  const found = builtInMultipliers.find((entry) => entry.kind === kind && entry.value === value && isOfFamily(model, entry.models));
  return found === undefined ? null : requireDecimal(found.factor);
}
