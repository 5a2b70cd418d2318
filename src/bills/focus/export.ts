/** The ledger as FOCUS 1.2 rows: a row for each day, session, model, kind of token, price, repository and fate. Pure. */
import { divideHalfUp } from "../../prices/decimal.ts";

/** One part of the ledger, as FOCUS needs it. Money in nano-dollars. */
export interface FocusPart {
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly repository: string | null;
  readonly fate: string;
  /** Of the output count; null for what is no usage. */
  readonly quality: string | null;
  /** What of a bill no usage explains; null for a usage. */
  readonly remainder: string | null;
  /** Kind of token; `requests`: what requests and searches cost on top. Null for what is no usage. */
  readonly meter: string | null;
  /** Pico-dollars for a million tokens; null where the meter counts no tokens. */
  readonly picoPerMillion: bigint | null;
  readonly listNano: bigint;
  /** In the asked basis. */
  readonly amountNano: bigint;
}

export const focusColumns = [
  "BilledCost",
  "BillingAccountId",
  "BillingAccountName",
  "BillingAccountType",
  "BillingCurrency",
  "BillingPeriodEnd",
  "BillingPeriodStart",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ChargeFrequency",
  "ChargePeriodEnd",
  "ChargePeriodStart",
  "ConsumedQuantity",
  "ConsumedUnit",
  "ContractedCost",
  "ContractedUnitPrice",
  "EffectiveCost",
  "InvoiceIssuerName",
  "ListCost",
  "ListUnitPrice",
  "PricingCategory",
  "PricingQuantity",
  "PricingUnit",
  "ProviderName",
  "PublisherName",
  "ServiceCategory",
  "ServiceName",
  "ServiceSubcategory",
  "SkuId",
  "SkuMeter",
  "SkuPriceDetails",
  "SkuPriceId",
  "x_Agent",
  "x_Basis",
  "x_Fate",
  "x_Quality",
  "x_Remainder",
  "x_Repository",
  "x_Session",
] as const;
export type FocusRow = Readonly<Record<(typeof focusColumns)[number], string | null>>;

/** Adds up parts that differ in nothing but money, in an order of their own. */
export class FocusRows {
  readonly #basis: string;
  readonly #parts = new Map<string, FocusPart>();

  constructor(basis: string) {
    this.#basis = basis;
  }

  add(part: FocusPart): void {
    const { listNano, amountNano, picoPerMillion, ...rest } = part;
    const key = JSON.stringify([Object.values(rest), picoPerMillion?.toString()]);
    const known = this.#parts.get(key);
    const sum = known === undefined ? part : { ...part, listNano: known.listNano + listNano, amountNano: known.amountNano + amountNano };
    this.#parts.set(key, sum);
  }

  *rows(): Generator<FocusRow> {
    for (const [, part] of [...this.#parts].sort(([a], [b]) => (a < b ? -1 : 1))) yield rowOf(part, this.#basis);
  }
}

const names: Readonly<Record<string, string>> = {
  anthropic: "Anthropic",
  openai: "OpenAI",
  google: "Google Cloud",
  aws: "AWS",
  azure: "Microsoft",
  "github-copilot": "GitHub",
  openrouter: "OpenRouter",
  cursor: "Cursor",
};

function rowOf(part: FocusPart, basis: string): FocusRow {
  const provider =
    part.provider === null ? "unknown" : Object.hasOwn(names, part.provider) ? (names[part.provider] as string) : part.provider;
  const next = new Date(Date.parse(part.day) + 86_400_000).toISOString();
  const month = `${part.day.slice(0, 7)}-01T00:00:00Z`;
  const monthEnd = new Date(Date.UTC(Number(part.day.slice(0, 4)), Number(part.day.slice(5, 7)))).toISOString();
  const amount = decimalOf(part.amountNano, 9);
  return {
    BilledCost: amount,
    BillingAccountId: provider,
    BillingAccountName: provider,
    BillingAccountType: "Provider",
    BillingCurrency: "USD",
    BillingPeriodEnd: secondsOf(monthEnd),
    BillingPeriodStart: month,
    ChargeCategory: categoryOf(part),
    ChargeClass: null,
    ChargeDescription:
      part.remainder === null ? `${part.model}, ${part.meter}` : `Remainder of a bill: ${part.remainder.replaceAll("_", " ")}`,
    ChargeFrequency: part.remainder === null ? "Usage-Based" : "Recurring",
    ChargePeriodEnd: secondsOf(next),
    ChargePeriodStart: `${part.day}T00:00:00Z`,
    EffectiveCost: amount,
    InvoiceIssuerName: provider,
    ListCost: decimalOf(part.listNano, 9),
    ProviderName: provider,
    PublisherName: provider,
    ServiceCategory: "AI and Machine Learning",
    ServiceName: `${provider} models`,
    ServiceSubcategory: "Generative AI",
    ...pricingOf(part),
    x_Agent: part.agent,
    x_Basis: basis,
    x_Fate: part.fate,
    x_Quality: part.quality,
    x_Remainder: part.remainder,
    x_Repository: part.repository,
    x_Session: part.session,
  };
}

const secondsOf = (instant: string): string => `${instant.slice(0, 19)}Z`;

function categoryOf({ remainder }: FocusPart): string {
  if (remainder === null) return "Usage";
  return { credit: "Credit", tax: "Tax" }[remainder] ?? "Adjustment";
}

type Pricing = Pick<
  FocusRow,
  | "ConsumedQuantity"
  | "ConsumedUnit"
  | "ContractedCost"
  | "ContractedUnitPrice"
  | "ListUnitPrice"
  | "PricingCategory"
  | "PricingQuantity"
  | "PricingUnit"
  | "SkuId"
  | "SkuMeter"
  | "SkuPriceDetails"
  | "SkuPriceId"
>;

/** Where a row has no SKU, quantities and prices are null: the rule of the specification. */
function pricingOf({ remainder, provider, model, meter, picoPerMillion, listNano }: FocusPart): Pricing {
  const listCost = decimalOf(listNano, 9);
  if (remainder !== null) {
    return {
      ConsumedQuantity: null,
      ConsumedUnit: null,
      ContractedCost: listCost,
      ContractedUnitPrice: null,
      ListUnitPrice: null,
      PricingCategory: null,
      PricingQuantity: null,
      PricingUnit: null,
      SkuId: null,
      SkuMeter: null,
      SkuPriceDetails: null,
      SkuPriceId: null,
    };
  }
  const sku = `${provider ?? "unknown"}/${model}/${meter}`;
  const named = { PricingCategory: "Standard", ContractedCost: listCost, SkuId: sku, SkuMeter: meter };
  if (picoPerMillion === null || picoPerMillion === 0n) {
    // What is priced by request, or free: the dollar itself is the unit.
    return {
      ...named,
      ConsumedQuantity: listCost,
      ConsumedUnit: "Dollars",
      ContractedUnitPrice: "1",
      ListUnitPrice: "1",
      PricingQuantity: listCost,
      PricingUnit: "Dollars",
      SkuPriceDetails: null,
      SkuPriceId: sku,
    };
  }
  const price = decimalOf(picoPerMillion, 12);
  // Millions of tokens to the 12th place: times the price it is the cost to the nano-dollar.
  const quantity = divideHalfUp(listNano * 1_000n * 10n ** 12n, picoPerMillion);
  return {
    ...named,
    ConsumedQuantity: decimalOf(quantity, 6),
    ConsumedUnit: "Tokens",
    ContractedUnitPrice: price,
    ListUnitPrice: price,
    PricingQuantity: decimalOf(quantity, 12),
    PricingUnit: "1000000 Tokens",
    SkuPriceDetails: JSON.stringify({ x_Model: model, x_TokenKind: meter }),
    SkuPriceId: sku,
  };
}

/** An integer of so many decimal places as a plain decimal. */
export function decimalOf(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** RFC 4180; null is an empty cell. */
export const focusLine = (row: FocusRow): string => `${focusColumns.map((column) => quoted(row[column])).join(",")}\r\n`;
export const focusHead = (): string => `${focusColumns.join(",")}\r\n`;
const quoted = (text: string | null): string => (text === null ? "" : /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
