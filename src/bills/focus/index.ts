import { type BillKind, type BilledTokens, noBilledTokens } from "../../contract/bill-facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { parseAmount } from "../amount.ts";
import { type BillReading, type TableFormat, type TableRow, billSource, parseInstant, unreadableLine } from "../bill.ts";
import { type Meter, readMeter, tokensPerUnit } from "../meter.ts";

/**
 * FOCUS 1.0 to 1.3 (the FinOps open cost and usage specification): what AWS, Azure, Google Cloud and others export, Bedrock,
 * Azure OpenAI and Vertex in it. Only lines of AI services are kept; how many were not is said.
 */
export const focus = {
  id: "focus",
  title: "FOCUS 1.0–1.3 (AWS, Azure, Google Cloud and others)",
  shape: "table",
  columns: ["BilledCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd", "ProviderName"],
  readRow,
} as const satisfies TableFormat;

function readRow(raw: TableRow, place: string): BillReading {
  const row = (column: string): string | null => known(raw[column.toLowerCase()]);
  if (!isOfAi(row)) return { lines: [], problems: [notAi(place)] };
  const from = parseInstant(row("ChargePeriodStart"));
  const to = parseInstant(row("ChargePeriodEnd"));
  if (from === null || to === null || from >= to) return unreadable(place, "its charge period is no span of time");
  const billed = parseAmount(row("BilledCost"));
  if (billed === null) return unreadable(place, `BilledCost is no decimal: ${shown(row("BilledCost"))}`);
  const currency = row("BillingCurrency");
  if (currency === null) return unreadable(place, "it names no currency");
  const meter = meterOf(row);
  const { tokens, quantityNano, unit } = quantityOf(row, meter);
  return {
    lines: [
      {
        provider: providerOf(row),
        account: row("BillingAccountId") ?? "",
        view: "",
        from,
        to,
        use: useOf(row),
        model: meter.model,
        actor: null,
        item: row("SkuMeter") ?? row("x_SkuMeterName") ?? row("SkuId") ?? row("ServiceName"),
        requestId: null,
        tokens,
        requests: null,
        quantityNano,
        unit,
        currency,
        billedNano: billed,
        contractNano: parseAmount(row("ContractedCost")),
        listNano: parseAmount(row("ListCost")),
        parts: identityColumns.map(row),
      },
    ],
    problems: [],
  };
}

/** With period, account and category: what a line is of. */
const identityColumns = [
  "ChargeClass",
  "ChargeDescription",
  "ChargeFrequency",
  "CommitmentDiscountId",
  "CommitmentDiscountStatus",
  "InvoiceId",
  "PricingCategory",
  "RegionId",
  "ResourceId",
  "ServiceName",
  "SkuId",
  "SkuPriceId",
  "SubAccountId",
  "Tags",
] as const;

type Columns = (column: string) => string | null;

/** Exports write absence as an empty cell or, as the published sample does, as the word NULL. */
const known = (cell: string | undefined): string | null => (cell === undefined || cell === "" || cell === "NULL" ? null : cell);

const aiServices = /bedrock|openai|vertex|anthropic|claude|gemini|generative|foundry|copilot|cognitive services/i;
const aiProviders = /^(?:anthropic|openai|openrouter|cursor|anysphere|mistral|cohere|github copilot|xai)/i;

const isOfAi = (row: Columns): boolean => row("ServiceCategory") === "AI and Machine Learning" || isOfModels(row);

/**
 * A language model's line: by who sells it or by its service. FOCUS's category "AI and Machine Learning" alone does not say so:
 * it holds virtual machines and disks of machine learning workspaces, which are `other`.
 */
function isOfModels(row: Columns): boolean {
  const seller = [row("ProviderName"), row("PublisherName"), row("ServiceProviderName")];
  if (seller.some((name) => name !== null && aiProviders.test(name))) return true;
  const service = [row("ServiceName"), row("ServiceSubcategory"), row("SkuMeter"), row("x_SkuMeterSubcategory"), row("ResourceType")].join(
    " ",
  );
  return aiServices.test(service) || row("ServiceSubcategory") === "Generative AI";
}

const providers: readonly (readonly [RegExp, string])[] = [
  [/anthropic/i, "anthropic"],
  [/openrouter/i, "openrouter"],
  [/^openai/i, "openai"],
  [/cursor|anysphere/i, "cursor"],
  [/github/i, "github-copilot"],
  [/aws|amazon/i, "aws"],
  [/microsoft|azure/i, "azure"],
  [/google|gcp/i, "google"],
];

/** Who sends the bill: Bedrock is AWS's whoever made the model. */
function providerOf(row: Columns): string {
  const name = row("ProviderName") ?? row("InvoiceIssuerName") ?? "";
  return (
    providers.find(([pattern]) => pattern.test(name))?.[1] ??
    name
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
  );
}

function useOf(row: Columns): BillKind {
  if (row("CommitmentDiscountStatus") === "Unused") return "unused_commitment";
  switch (row("ChargeCategory")) {
    case "Usage":
      return isOfModels(row) ? "usage" : "other";
    case "Purchase":
      return row("CommitmentDiscountId") === null &&
        /seat|licen[cs]e|subscription|user/i.test(`${row("ChargeDescription")} ${row("PricingUnit")}`)
        ? "seat"
        : "commitment";
    case "Credit":
      return "credit";
    case "Tax":
      return "tax";
    default:
      return "other";
  }
}

/** The columns that may name model and meter, the most exact first. */
const meterColumns = [
  "SkuMeter",
  "x_SkuMeterName",
  "x_UsageType",
  "ChargeDescription",
  "ResourceName",
  "x_SkuMeterSubcategory",
  "ServiceName",
] as const;

function meterOf(row: Columns): Meter {
  const details = detailsOf(row("SkuPriceDetails"));
  const read = meterColumns.flatMap((column) => {
    const text = row(column);
    return text === null ? [] : [readMeter(text)];
  });
  return {
    model: row("x_Model") ?? details.model ?? read.find(({ model }) => model !== null)?.model ?? null,
    tokenKind: details.tokenKind ?? read.find(({ tokenKind }) => tokenKind !== null)?.tokenKind ?? null,
  };
}

/** Of a JSON text nobody checked: what it says of the model and the kind of token, or nothing. */
function detailsOf(text: string | null): Meter {
  let value: unknown;
  try {
    value = text === null ? null : JSON.parse(text);
  } catch {
    return readMeter(text ?? ""); // no JSON: its words may tell
  }
  if (value === null || typeof value !== "object") return { model: null, tokenKind: null };
  const entries = Object.entries(value);
  const model = entries.find(([key, cell]) => /^(?:x_)?model(?:name|id)?$/i.test(key) && typeof cell === "string")?.[1] as
    | string
    | undefined;
  const kind = entries.find(([key, cell]) => /token.?type|direction|meter/i.test(key) && typeof cell === "string")?.[1] as
    | string
    | undefined;
  return { model: model ?? null, tokenKind: kind === undefined ? null : readMeter(kind).tokenKind };
}

interface Quantity {
  readonly tokens: BilledTokens;
  readonly quantityNano: bigint | null;
  readonly unit: string | null;
}

/** Tokens by their kind where unit and meter tell it, else the quantity in its own unit. */
function quantityOf(row: Columns, { tokenKind }: Meter): Quantity {
  for (const [quantity, unit] of [
    [row("ConsumedQuantity"), row("ConsumedUnit")],
    [row("PricingQuantity"), row("PricingUnit")],
  ] as const) {
    const nano = parseAmount(quantity);
    if (nano === null || unit === null) continue;
    const per = tokensPerUnit(unit);
    if (per === null) return { tokens: noBilledTokens, quantityNano: nano, unit };
    if (tokenKind === null || nano < 0n) return { tokens: noBilledTokens, quantityNano: nano * per, unit: "tokens" };
    const tokens = (nano * per + 500_000_000n) / 1_000_000_000n;
    return { tokens: { ...noBilledTokens, [tokenKind]: Number(tokens) }, quantityNano: null, unit: null };
  }
  return { tokens: noBilledTokens, quantityNano: null, unit: null };
}

const unreadable = (place: string, what: string): BillReading => ({
  lines: [],
  problems: [unreadableLine(place, what, "Export it again.")],
});
const shown = (cell: string | null): string => (cell === null ? "nothing" : `'${cell.slice(0, 40)}'`);

const notAi = (place: string): Problem => ({
  code: "bill_line_not_ai",
  severity: "notice",
  source: billSource,
  locator: place.replace(/:\d+$/, ""),
  message: "lines of a bill that are of no AI service; they were left out",
});
