import { requireDecimal } from "./decimal.ts";
import { isOfFamily } from "./model-family.ts";
import { builtInWebSearch } from "./multipliers.ts";
import type { Rates } from "./rates.ts";

/** What a model costs at an instant, and whose word that is. */
export interface Price {
  readonly from: "assay.yaml" | "genai-prices 0.1.8";
  /** Whose price it is, and the name the list has for the model. */
  readonly provider: string;
  readonly model: string;
  readonly rates: Rates;
  /** Atto-dollars for each request on top of its tokens. */
  readonly perRequest: bigint;
  /** Atto-dollars for each web search; null: no price is known. */
  readonly perWebSearch: bigint | null;
}

/** USD per 1,000 of something as atto-dollars for one. */
export const attoPerThousand = (usdPerThousand: string | number): bigint => 1000n * requireDecimal(usdPerThousand);

export function findBuiltInWebSearch(model: string): bigint | null {
  const found = builtInWebSearch.find((entry) => isOfFamily(model, entry.models));
  return found === undefined ? null : attoPerThousand(found.usdPerThousand);
}
