/** What is told of bills: their import, what is stored of them, and how they reconcile with what was logged. */
import type { Basis } from "./basis.ts";
import type { Problem } from "./problem.ts";
import type { BillKind } from "./bill-facts.ts";

/** What reading files of bills brought. */
export interface BillsImport {
  readonly files: readonly {
    readonly file: string;
    /** Null where the content is of no format that is known. */
    readonly format: string | null;
    readonly title: string | null;
    readonly lines: number;
    readonly problems: readonly Problem[];
  }[];
  readonly lines: number;
  /** Pieces of input that were lost to damage. */
  readonly lost: number;
}

/** What one report tells of one provider. */
export interface BillRow {
  readonly provider: string;
  readonly report: string;
  readonly account: string;
  /** Days, the last included. */
  readonly from: string;
  readonly to: string;
  readonly lines: number;
  readonly currency: string;
  /** Null where the report tells no money. */
  readonly billedNano: string | null;
}

export interface ReconcileAsked {
  /** Null for every one. */
  readonly provider: string | null;
  /** Days in UTC, the last included; null is open. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Why a bill and the logs differ, with what it rests on. */
export interface ReconcileReason {
  readonly code: string;
  readonly sentence: string;
}

/**
 * One provider, period and model. In nano-dollars as decimal digits; null: not known. Exactly:
 * billed = logged + discount + unlogged − unbilled, wherever billed and logged are known.
 */
export interface ReconcileRow {
  readonly provider: string;
  /** Days in UTC, the last included: a day, or as long as the bill's lines last. */
  readonly from: string;
  readonly to: string;
  /** Null: what the bill does not split by model. */
  readonly model: string | null;
  readonly kind: BillKind;
  /** At list prices; null where no price is known of any of it. */
  readonly loggedNanoUsd: string | null;
  readonly loggedTokens: number;
  readonly billedNanoUsd: string | null;
  readonly billedTokens: number | null;
  /** What the provider says it costs at list, or what its tokens cost at list prices here; null where neither is known. */
  readonly billedAtListNanoUsd: string | null;
  /** Billed less its list price: negotiated or promotional; null where the bill's list price is not known. */
  readonly discountNanoUsd: string | null;
  /** On the bill and in no log; at list prices where these are known. */
  readonly unloggedNanoUsd: string | null;
  /** In the logs and not on the bill. */
  readonly unbilledNanoUsd: string | null;
  /** (billed − logged) ÷ billed; null where either is not known or nothing was billed. */
  readonly variance: number | null;
  readonly reasons: readonly ReconcileReason[];
}

export interface ReconcileTotal
  extends Pick<ReconcileRow, "loggedNanoUsd" | "billedNanoUsd" | "discountNanoUsd" | "unloggedNanoUsd" | "unbilledNanoUsd" | "variance"> {
  readonly provider: string;
  readonly from: string;
  readonly to: string;
  /** What is on the bill beside usage, by its kind. */
  readonly others: Readonly<Record<Exclude<BillKind, "usage">, string>>;
  /** Everything that is on the bill: usage and the others. */
  readonly allBilledNanoUsd: string | null;
}

export interface Reconciliation {
  readonly rows: readonly ReconcileRow[];
  readonly providers: readonly ReconcileTotal[];
  /** Money of reports that was not counted, since a better one tells of the same days. */
  readonly notCounted: readonly {
    readonly provider: string;
    readonly report: string;
    readonly insteadOf: string;
    readonly lines: number;
  }[];
  /** Currencies without a rate on the day: their lines are in no sum. */
  readonly withoutRate: readonly { readonly currency: string; readonly lines: number; readonly nano: string }[];
  /** Usages of providers of which there is no bill. */
  readonly withoutBill: readonly {
    readonly provider: string | null;
    readonly loggedNanoUsd: string;
    readonly from: string;
    readonly to: string;
  }[];
}

/** Part of the difference between our total and a tool's; positive where ours is more. */
export interface ToolCause {
  readonly code: string;
  readonly nanoUsd: string;
  readonly sentence: string;
}

/** Why another tool's total is not ours: the causes add up to the difference exactly. At list prices. */
export interface ToolComparison {
  readonly tool: string;
  readonly ownNanoUsd: string;
  readonly toolNanoUsd: string;
  /** Ours less the tool's. */
  readonly differenceNanoUsd: string;
  /** Largest first. */
  readonly causes: readonly ToolCause[];
  /** Rows of the tool's report that could not be read. */
  readonly unreadableRows: number;
  /** Null for reports without days. */
  readonly days: {
    readonly from: string;
    readonly to: string;
    readonly timeZone: string;
    /** Days of the report, and of these, days whose tokens are the same here. */
    readonly reported: number;
    readonly equal: number;
    /** Dollars that are on another day here, though the whole has them: days of another time zone. */
    readonly movedNanoUsd: string;
  } | null;
}

/** The ledger as FOCUS 1.2. */
export interface FocusExport {
  readonly csv: string;
  readonly rows: number;
  readonly basis: Basis;
  /** What `BilledCost` of the rows adds up to. */
  readonly totalNanoUsd: string;
  /** Charges without money in this basis, or without a list price: they have no row. */
  readonly withoutCost: number;
}
