/**
 * What providers, clouds and gateways bill, as facts. A bill never competes with usages: it is money, compared with them and
 * spread over them (docs/guide/bills.md). Instants are UTC milliseconds; money is in integer nano-units (1e-9) of the line's
 * own currency. Null is "the report does not say", never 0.
 */

/** What a line is for. `usage` may be explained by usages; of the others each is a remainder of its own kind. */
export const billKinds = ["usage", "seat", "commitment", "unused_commitment", "credit", "tax", "other"] as const;
export type BillKind = (typeof billKinds)[number];

/** Disjoint counts, as those of a usage; `cacheWrite`: where the report does not say for how long. */
export const billedTokenKinds = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "cacheWrite", "output"] as const;
export type BilledTokens = Readonly<Record<(typeof billedTokenKinds)[number], number | null>>;

export const noBilledTokens: BilledTokens = {
  input: null,
  cacheRead: null,
  cacheWrite5m: null,
  cacheWrite1h: null,
  cacheWrite: null,
  output: null,
};

/**
 * One line of a bill or of a report of usage and cost. Key: (report, provider, account, view, line, occurrence, content).
 * A line told again with other amounts is another telling of it: the one told last counts, of equally late ones the larger content.
 */
export interface BillLineFact {
  readonly kind: "bill_line";
  /** Id of the format that told it: `focus`, `anthropic-cost`. */
  readonly report: string;
  /** Who bills, as usages name it: `anthropic`, `openai`, `google`, `aws`, `azure`, `github-copilot`, `cursor`. */
  readonly provider: string;
  /** The billing account or organisation as told, empty where it is not. */
  readonly account: string;
  /** What the report was grouped by: two views of one account and day tell the same money, only one counts. Empty: lines stand for themselves. */
  readonly view: string;
  /** Digest of what the line is of: everything but amounts. */
  readonly line: string;
  /** Lines of one file that are of the same thing are counted from 0. */
  readonly occurrence: number;
  /** As of when it was told: the report's own instant, else when its file was written. */
  readonly version: number;
  /** Half open. */
  readonly from: number;
  readonly to: number;
  readonly use: BillKind;
  /** As told; `bills/model-name.ts` compares names. */
  readonly model: string | null;
  /** A seat, user or key, as told. */
  readonly actor: string | null;
  /** What it is called on the bill: meter, SKU or line item; never free text of a person. */
  readonly item: string | null;
  /** Ties a gateway's line to the usage it is of. */
  readonly requestId: string | null;
  readonly tokens: BilledTokens;
  readonly requests: number | null;
  /** Units other than tokens (AI credits, premium requests), in 1e-9 of the unit. */
  readonly quantityNano: bigint | null;
  readonly unit: string | null;
  /** ISO 4217 code, or the name of a virtual currency. */
  readonly currency: string;
  /** What is to be paid, after every reduction. */
  readonly billedNano: bigint | null;
  /** At negotiated prices. */
  readonly contractNano: bigint | null;
  /** At public prices, as the report says. */
  readonly listNano: bigint | null;
}

/**
 * Lines of bills that differ in nothing but amounts, meters and seats, added up by the days they are for. Lines that tell an
 * amount and lines that do not are in different sums, so that no null is lost.
 */
export interface BilledSum
  extends Pick<
    BillLineFact,
    | "report"
    | "provider"
    | "account"
    | "view"
    | "version"
    | "from"
    | "to"
    | "use"
    | "model"
    | "tokens"
    | "currency"
    | "billedNano"
    | "listNano"
  > {
  /** Lines in it. */
  readonly lines: number;
}
