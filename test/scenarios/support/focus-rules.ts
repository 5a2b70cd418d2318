/**
 * The rules FOCUS 1.2 publishes for the columns we write, as checks of a row: presence, type, nulls by category, products of
 * quantity and price, periods, names of columns. Written from the specification, not from the export.
 */
import { parseDecimal } from "../../../src/prices/decimal.ts";

type Row = Readonly<Record<string, string>>;

/** Columns whose feature level is mandatory in 1.2. */
const mandatory = [
  "BilledCost",
  "BillingAccountId",
  "BillingAccountName",
  "BillingCurrency",
  "BillingPeriodEnd",
  "BillingPeriodStart",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ChargePeriodEnd",
  "ChargePeriodStart",
  "ContractedCost",
  "EffectiveCost",
  "InvoiceIssuerName",
  "ListCost",
  "PricingQuantity",
  "PricingUnit",
  "ProviderName",
  "PublisherName",
  "ServiceCategory",
  "ServiceName",
];
const neverNull = ["BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory"].concat([
  "ChargePeriodEnd",
  "ChargePeriodStart",
  "ContractedCost",
  "EffectiveCost",
  "InvoiceIssuerName",
  "ListCost",
  "ProviderName",
  "PublisherName",
  "ServiceCategory",
  "ServiceName",
]);
const ofSku = ["SkuId", "SkuPriceId", "PricingQuantity", "PricingUnit", "PricingCategory", "ListUnitPrice", "ContractedUnitPrice"];
const decimals = [
  "BilledCost",
  "ContractedCost",
  "EffectiveCost",
  "ListCost",
  "PricingQuantity",
  "ConsumedQuantity",
  "ListUnitPrice",
  "ContractedUnitPrice",
];
const instants = ["BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"];

/** Mistakes of a whole export; empty where it keeps the rules. */
export function focusMistakes(columns: readonly string[], rows: readonly Row[]): string[] {
  const absent = mandatory.filter((column) => !columns.includes(column)).map((column) => `${column} is absent`);
  const misnamed = columns.filter((name) => !/^(?:x_)?[A-Z][A-Za-z]*$/.test(name)).map((name) => `${name} is no name of a column`);
  const twice = columns.length === new Set(columns).size ? [] : ["a column is there twice"];
  return [
    ...absent,
    ...misnamed,
    ...twice,
    ...rows.flatMap((row, r) => rowMistakes(row).map((mistake) => `row ${r + 1}: ${mistake}`)),
    ...skuMistakes(rows),
  ];
}

function rowMistakes(row: Row): string[] {
  const cell = (column: string): string => row[column] ?? "";
  const isNull = (column: string): boolean => cell(column) === "";
  const category = cell("ChargeCategory");
  const isMetered = category === "Usage" || category === "Purchase";
  const mistakes = [
    ...neverNull.filter(isNull).map((column) => `${column} is null`),
    ...decimals.filter((column) => !isNull(column) && !/^-?\d+(\.\d+)?$/.test(cell(column))).map((column) => `${column} is no decimal`),
    ...instants.filter((column) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(cell(column))).map((column) => `${column} is no UTC instant`),
  ];
  const must = (holds: boolean, rule: string): void => void (holds || mistakes.push(rule));
  must(["Usage", "Purchase", "Tax", "Credit", "Adjustment"].includes(category), "ChargeCategory is none of the allowed values");
  must(["", "Correction"].includes(cell("ChargeClass")), "ChargeClass is none of the allowed values");
  must(["", "One-Time", "Recurring", "Usage-Based"].includes(cell("ChargeFrequency")), "ChargeFrequency is none of the allowed values");
  must(category !== "Purchase" || cell("ChargeFrequency") !== "Usage-Based", "a purchase is usage-based");
  must(/^[A-Z]{3}$/.test(cell("BillingCurrency")), "BillingCurrency is no code");
  must(cell("ChargePeriodStart") < cell("ChargePeriodEnd"), "the charge period is none");
  must(
    cell("BillingPeriodStart") <= cell("ChargePeriodStart") && cell("ChargePeriodEnd") <= cell("BillingPeriodEnd"),
    "the charge period leaves the billing period",
  );
  must(cell("ServiceCategory") === "AI and Machine Learning", "ServiceCategory is another");
  must(["Generative AI", ""].includes(cell("ServiceSubcategory")), "ServiceSubcategory is another");
  for (const column of ofSku) {
    must(!isMetered || !isNull(column), `${column} is null for a ${category}`);
    must(category !== "Tax" || isNull(column), `${column} is there for a tax`);
  }
  must(
    !isNull("SkuPriceId") || [...ofSku, "ConsumedQuantity", "ConsumedUnit", "SkuPriceDetails"].every(isNull),
    "quantities or prices without a SKU price",
  );
  must(isNull("PricingQuantity") === isNull("PricingUnit"), "PricingQuantity and PricingUnit: one without the other");
  must(isNull("ConsumedQuantity") === isNull("ConsumedUnit"), "ConsumedQuantity and ConsumedUnit: one without the other");
  must(category === "Usage" ? !isNull("ConsumedQuantity") : isNull("ConsumedQuantity"), "ConsumedQuantity is of usage alone");
  must(!isNull("SkuId") || isNull("SkuMeter"), "SkuMeter without SkuId");
  must(isProduct(row, "ListUnitPrice", "ListCost"), "ListUnitPrice × PricingQuantity is not ListCost");
  must(isProduct(row, "ContractedUnitPrice", "ContractedCost"), "ContractedUnitPrice × PricingQuantity is not ContractedCost");
  must(isNull("SkuPriceDetails") || isKeyValue(cell("SkuPriceDetails")), "SkuPriceDetails is no object of own keys");
  return mistakes;
}

/** To the ninth place, half a nano-dollar either way. */
function isProduct(row: Row, price: string, cost: string): boolean {
  if ((row[price] ?? "") === "" || (row["PricingQuantity"] ?? "") === "") return true;
  const [p, q, c] = [row[price], row["PricingQuantity"], row[cost]].map((text) => signed(text ?? ""));
  const gap = (p as bigint) * (q as bigint) - (c as bigint) * 10n ** 12n;
  return (gap < 0n ? -gap : gap) * 2n <= 10n ** 15n; // 1e-24 units: half of 1e-9 is 5e14
}

const signed = (text: string): bigint => (text.startsWith("-") ? -(parseDecimal(text.slice(1)) ?? 0n) : (parseDecimal(text) ?? 0n));

function isKeyValue(text: string): boolean {
  const value: unknown = JSON.parse(text);
  return (
    value !== null &&
    typeof value === "object" &&
    Object.entries(value).every(([key, one]) => key.startsWith("x_") && typeof one !== "object")
  );
}

/** A SKU price has one SKU. */
function skuMistakes(rows: readonly Row[]): string[] {
  const parents = new Map<string, string>();
  return rows.flatMap((row) => {
    const [price = "", sku = ""] = [row["SkuPriceId"], row["SkuId"]];
    if (price === "") return [];
    const known = parents.get(price) ?? sku;
    parents.set(price, known);
    return known === sku ? [] : [`${price} has two SKUs`];
  });
}
