/**
 * What GitHub bills for Copilot: AI credits, and premium requests before them, with seats. Gross is the list price, net what is
 * to be paid; the difference is what a plan includes. Dollars. No line names a session: it is a user, day or month, and model.
 */
import { type BillKind, noBilledTokens } from "../../contract/bill-facts.ts";
import { parseAmount, parseCount } from "../amount.ts";
import {
  type BillInput,
  type BillLine,
  type BillReading,
  type DocumentFormat,
  type TableFormat,
  type TableRow,
  billSource,
  dayMs,
  parseInstant,
  unreadableLine,
} from "../bill.ts";
import { countOf, field, listOf, textOf } from "../json-fields.ts";

const provider = "github-copilot";

/** `settings/billing/ai_credit/usage`, `premium_request/usage` and `usage`, of an organisation, enterprise or user. */
export const copilotBilling = {
  id: "copilot-billing",
  title: "GitHub Copilot billing (API)",
  shape: "documents",
  recognises: (value) => listOf(field(value, "usageItems")).some((item) => field(item, "grossAmount") !== undefined),
  read: readPages,
} as const satisfies DocumentFormat;

/** The usage reports of GitHub's billing pages. */
export const copilotReport = {
  id: "copilot-report",
  title: "GitHub usage report (CSV)",
  shape: "table",
  columns: ["date", "product", "sku", "quantity", "gross_amount", "net_amount"],
  readRow,
} as const satisfies TableFormat;

function readPages(documents: readonly unknown[], input: BillInput): BillReading {
  const readings = documents.flatMap((page, p) =>
    listOf(field(page, "usageItems")).map((item, i) => readItem(page, item, `${input.name}#${p}.${i}`)),
  );
  return { lines: readings.flatMap(({ lines }) => lines), problems: readings.flatMap(({ problems }) => problems) };
}

function readItem(page: unknown, item: unknown, place: string): BillReading {
  const text = (name: string): string | null => textOf(field(item, name));
  if (!isCopilot(text("product"), text("sku"))) return { lines: [], problems: [notCopilot(place)] };
  const span = spanOf(field(page, "timePeriod"), text("date"));
  if (span === null) return unreadable(place, "it is of no day, month or year");
  const billed = parseAmount(field(item, "netAmount"));
  if (billed === null) return unreadable(place, "netAmount is no decimal");
  const account =
    text("organization") ?? text("organizationName") ?? textOf(field(page, "organization")) ?? textOf(field(page, "enterprise"));
  return one({
    ...span,
    account: account ?? "",
    view: `${Math.round((span.to - span.from) / dayMs)}d`,
    use: useOf(text("sku"), text("unitType")),
    model: text("model"),
    actor: text("user") ?? textOf(field(page, "user")),
    item: text("sku"),
    quantityNano: parseAmount(field(item, "grossQuantity") ?? field(item, "quantity")),
    unit: text("unitType"),
    tokens: noBilledTokens,
    requests: null,
    billedNano: billed,
    contractNano: null,
    listNano: parseAmount(field(item, "grossAmount")),
    parts: [text("product"), text("repositoryName"), textOf(field(page, "costCenter"))],
  });
}

const one = (line: Omit<BillLine, "provider" | "requestId" | "currency">): BillReading => ({
  lines: [{ provider, requestId: null, currency: "USD", ...line }],
  problems: [],
});

/** The item's day, else the day, month or year the page was asked for. */
function spanOf(period: unknown, date: string | null): { readonly from: number; readonly to: number } | null {
  const own = parseInstant(date);
  if (own !== null) return { from: own, to: own + dayMs };
  const [year, month, day] = [countOf(field(period, "year")), countOf(field(period, "month")), countOf(field(period, "day"))];
  if (year === null || (month !== null && (month < 1 || month > 12))) return null;
  if (month === null) return { from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) };
  if (day === null) return { from: Date.UTC(year, month - 1), to: Date.UTC(year, month) };
  return { from: Date.UTC(year, month - 1, day), to: Date.UTC(year, month - 1, day + 1) };
}

function readRow(row: TableRow, place: string): BillReading {
  const text = (name: string): string | null => textOf(row[name]);
  if (!isCopilot(text("product"), text("sku"))) return { lines: [], problems: [notCopilot(place)] };
  const from = parseInstant(text("date"));
  if (from === null) return unreadable(place, "its date is no day");
  const billed = parseAmount(row["net_amount"]);
  if (billed === null) return unreadable(place, "net_amount is no decimal");
  return one({
    from,
    to: from + dayMs,
    account: text("organization") ?? "",
    view: "",
    use: useOf(text("sku"), text("unit_type")),
    model: text("model"),
    actor: text("username"),
    item: text("sku"),
    quantityNano: parseAmount(row["quantity"]),
    unit: text("unit_type"),
    tokens: {
      ...noBilledTokens,
      input: parseCount(row["input"]),
      cacheRead: parseCount(row["cache_read"]),
      cacheWrite: parseCount(row["cache_write"]),
      output: parseCount(row["output"]),
    },
    requests: null,
    billedNano: billed,
    contractNano: null,
    listNano: parseAmount(row["gross_amount"]),
    parts: ["product", "repository", "cost_center_name", "workflow_path"].map(text),
  });
}

const isCopilot = (product: string | null, sku: string | null): boolean =>
  /copilot|spark|coding.?agent|ai.?credit/i.test(`${product} ${sku}`);

/** Seats are bought; credits and requests are used. */
function useOf(sku: string | null, unit: string | null): BillKind {
  if (/request|credit|token/i.test(`${sku} ${unit}`)) return "usage";
  return /seat|user.?month|business|enterprise|copilot.for/i.test(`${sku} ${unit}`) ? "seat" : "other";
}

const unreadable = (place: string, what: string): BillReading => ({ lines: [], problems: [unreadableLine(place, what)] });
const notCopilot = (place: string): BillReading["problems"][number] => ({
  code: "bill_line_not_ai",
  severity: "notice",
  source: billSource,
  locator: place.replace(/[:#][\d.]+$/, ""),
  message: "lines of a bill that are of no AI service; they were left out",
});
