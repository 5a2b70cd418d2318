/**
 * What OpenRouter charged: `GET /api/v1/activity`, a day, model and endpoint. `usage` is in dollars; `byok_usage_inference` was
 * paid to the model's own provider and is in that one's bill. Prompt tokens hold cached ones, and no field says how many.
 */
import { noBilledTokens } from "../../contract/bill-facts.ts";
import { parseAmount } from "../amount.ts";
import { type BillInput, type BillLine, type BillReading, type DocumentFormat, dayMs, parseInstant, unreadableLine } from "../bill.ts";
import { countOf, field, listOf, textOf } from "../json-fields.ts";

export const openrouterActivity = {
  id: "openrouter-activity",
  title: "OpenRouter activity",
  shape: "documents",
  recognises: (value) => rowsOf(value).some((row) => field(row, "model_permaslug") !== undefined),
  read,
} as const satisfies DocumentFormat;

const rowsOf = (page: unknown): readonly unknown[] => listOf(field(page, "data"));

function read(documents: readonly unknown[], input: BillInput): BillReading {
  const lines: BillLine[] = [];
  const problems: ReturnType<typeof unreadableLine>[] = [];
  for (const [r, row] of documents.flatMap((page) => [...rowsOf(page)]).entries()) {
    const [from, billed] = [parseInstant(field(row, "date")), parseAmount(field(row, "usage"))];
    const place = `${input.name}#${r}`;
    if (from === null) problems.push(unreadableLine(place, "its date is no day"));
    else if (billed === null) problems.push(unreadableLine(place, "its usage is no decimal"));
    else lines.push(lineOf(row, from, billed));
  }
  return { lines, problems };
}

function lineOf(row: unknown, from: number, billed: bigint): BillLine {
  const prompt = countOf(field(row, "prompt_tokens"));
  return {
    provider: "openrouter",
    account: textOf(field(row, "workspace_id")) ?? "",
    view: "",
    from,
    to: from + dayMs,
    use: "usage",
    model: textOf(field(row, "model")) ?? textOf(field(row, "model_permaslug")),
    actor: null,
    item: textOf(field(row, "provider_name")),
    requestId: null,
    // How much of the prompt came from a cache is not told: only its sum is known, and it is no count of fresh input.
    tokens: { ...noBilledTokens, output: countOf(field(row, "completion_tokens")) },
    requests: countOf(field(row, "requests")),
    quantityNano: prompt === null ? null : BigInt(prompt) * 1_000_000_000n,
    unit: prompt === null ? null : "prompt tokens",
    currency: "USD",
    billedNano: billed,
    contractNano: null,
    listNano: null,
    parts: [textOf(field(row, "endpoint_id")), textOf(field(row, "model_permaslug"))],
  };
}
