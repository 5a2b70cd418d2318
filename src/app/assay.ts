/** What surfaces may call. One object per opened store; `main.ts` makes it, surfaces parse, call it and render. */
import type { FetchAsked } from "./fetch-bills.ts";
import type { Basis } from "../contract/basis.ts";
import type { BillRow, BillsImport, FocusExport, ReconcileAsked, Reconciliation, ToolComparison } from "../contract/bills.ts";
import type { Answer, DayRange, SourceRow } from "../contract/answer.ts";
import type { Overrule, OverruleAsked } from "../contract/overrule.ts";
import type { ClosedPeriod, Restatement, Sensitivity } from "../contract/close.ts";
import type { CostGrain, Costs } from "../contract/costs.ts";
import type { Delivery } from "../contract/delivery.ts";
import type { DoctorReport } from "../contract/doctor.ts";
import type { Problem } from "../contract/problem.ts";
import type { MeasureQueryInput, MeasureResult } from "../contract/query.ts";
import type { ReturnGroup, Returns } from "../contract/returns.ts";
import type { Survival, SurvivalGroup } from "../contract/survival.ts";
import type { Blame, ChangeCard, CommitCard, Explanation, FileCard, Identity, SessionCard } from "../contract/show.ts";

export interface Progress {
  /** One line about what is being done; `done` and `total` where a share is known. */
  (step: string, done?: number, total?: number): void;
}

export interface ImportOptions {
  readonly repositories: readonly string[];
  /** Home to search for agent logs; null for none. */
  readonly home: string | null;
  /** Set or unset for good; undefined keeps what the store has. */
  readonly ignoreTrailers?: boolean;
  /** What forges told, beside logs and repositories. */
  readonly forges?: ForgeInputs;
  /** Id of the one source that is read, and nothing else; all without it. */
  readonly only?: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface ForgeInputs {
  /** Files of API objects, absolute. */
  readonly exports: readonly string[];
  /** Files of recorded deliveries of webhooks. */
  readonly webhooks?: readonly string[];
  /** Files of incidents. */
  readonly incidents?: readonly string[];
  /** Whether the forges of assay.yaml are asked over the network. */
  readonly ask?: boolean;
}

export interface WatchOptions extends Pick<ImportOptions, "repositories" | "home" | "signal"> {
  /** Looks by itself so often, whatever it hears of. */
  readonly everyMs: number;
  /** Called after an import that found something. */
  onChange(summary: ImportSummary): void;
  /** Called once when another process has the store; it is waited for. */
  onBusy(error: Error): void;
}

export interface ImportSummary {
  readonly filesSeen: number;
  readonly filesRead: number;
  readonly bytesRead: number;
  readonly newUsages: number;
  readonly repositories: number;
  readonly newCommits: number;
  /** What forges told, known before or not. */
  readonly forgeFacts?: number;
  readonly problems: readonly Problem[];
  /** Input was lost to damage: exit code 3. */
  readonly lost: number;
  readonly changed: boolean;
}

export interface AskOptions {
  /** UTC instant, ms; null for the horizon. */
  readonly asOf: number | null;
  /** Which money; list prices unless said. */
  readonly basis?: Basis;
}

export interface AskedFile {
  /** As typed: below the working folder, or below the root of `repository`; absolute; `\\` is taken for `/`. */
  readonly file: string;
  /** Folder of the repository, absolute; null for the one the file lies in. */
  readonly repository: string | null;
  readonly workingDir: string;
}

/** What `doctor` is told of the machine. */
export interface DoctorOptions {
  /** Home to look for agent logs in; null for none. */
  readonly home: string | null;
  /** `v20.19.0` */
  readonly nodeVersion: string;
  /** Bytes a user may still write to the disk of a folder; null where the machine does not tell. */
  freeBytes(folder: string): Promise<number | null>;
}

/** One dialect of authorship notes in one repository. Lines are added lines; claimed = added + over-claimed. */
export interface NoteRow {
  readonly repository: string;
  readonly dialect: string;
  readonly notes: number;
  readonly commitGone: number;
  readonly onMerges: number;
  readonly notRead: number;
  readonly linesClaimed: number;
  readonly linesAdded: number;
  readonly linesOverClaimed: number;
  readonly linesClaimedOnDefault: number;
  readonly linesAddedOnDefault: number;
  readonly linesOfAgents: number;
  readonly linesMixed: number;
  readonly linesOfPersons: number;
  readonly testLines: number;
  readonly unseenSessions: number;
}

export interface MeasureRow {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly kind: string;
  readonly description: string;
  readonly gaming: string;
  readonly beside: string;
  readonly dimensions: readonly string[];
}

/** The keys of `audit --json` are the issue's, exactly. */
export interface Audit {
  readonly sources: readonly {
    source: string;
    files: number;
    bytes: number;
    absent: number;
    sessionIds: number;
    sessions: number;
    usages: number;
    subagentUsages: number;
    problems: number;
  }[];
  readonly usage: readonly {
    agent: string;
    model: string;
    usages: number;
    input: number;
    output: number;
    reasoning: number;
    cacheRead: number;
    cacheWrite5m: number;
    cacheWrite1h: number;
    costNanoUsd: string | null;
  }[];
  readonly repositories: readonly {
    id: number;
    horizon: string | null;
    commits: number;
    commitsAllRefs: number;
    merges: number;
    commitsWithTrailer: number;
    checkpointsNamed: number;
    checkpointsMissing: number;
    pullRequests: number;
    pullRequestsLanded: number;
    changes: number;
    changesLanded: number;
    releases: number;
    linesEver: number;
    linesAlive: number;
  }[];
  readonly ledger: { basis: "list"; costNanoUsd: string; fates: Readonly<Record<string, string | null>>; residualNanoUsd: string };
  readonly links?: readonly { session: string; commit: string; grade: string; method: string; confidence: number; lines: number }[];
}

export interface Assay {
  import(options: ImportOptions): Promise<ImportSummary>;
  /** Imports whenever something is new, until the signal is given. */
  watch(options: WatchOptions): Promise<void>;
  rebuild(options: { readonly ignoreTrailers?: boolean; readonly progress: Progress }): Promise<void>;
  /** Brings the store up to this version before anybody asks; nothing where there is none. */
  prepare(options: { readonly progress: Progress }): Promise<void>;
  /** @param options.range days of use; of landing for changes and lines */
  answer(options: AskOptions & { readonly range?: DayRange }): Promise<Answer>;
  audit(options: AskOptions & { readonly links: boolean }): Promise<Audit>;
  showSession(id: string, options: AskOptions): Promise<SessionCard>;
  showChange(id: string, options: AskOptions): Promise<ChangeCard>;
  showCommit(id: string, options: AskOptions): Promise<CommitCard>;
  /** `subject`: a session, change, commit, fate or measure id. */
  explain(subject: string, options: AskOptions): Promise<Explanation>;
  /** Any measures by any dimensions; days are of the organisation's time zone unless the query names one. */
  query(query: MeasureQueryInput, options: AskOptions): Promise<MeasureResult>;
  /** Who wrote each line of a file at HEAD, and what it cost; git is asked now. */
  blame(file: AskedFile, options: AskOptions): Promise<Blame>;
  /** What a file of HEAD cost so far, who wrote it and what is left of it. */
  showFile(file: AskedFile, options: AskOptions): Promise<FileCard>;
  /** Every identity the facts hold, and whose it is. */
  identities(): Promise<readonly Identity[]>;
  /** Checks the store, the machine, the sources and the repositories; changes nothing. */
  doctor(options: DoctorOptions): Promise<DoctorReport>;
  measures(): readonly MeasureRow[];
  sources(): Promise<readonly SourceRow[]>;
  /** What authorship notes and trace records claim, and what of it was so. */
  notes(): Promise<readonly NoteRow[]>;
  problems(): Promise<readonly Problem[]>;
  closes(): Promise<readonly ClosedPeriod[]>;
  /** Keeps a month's numbers as they are known now. */
  closePeriod(asked: { readonly period: string; readonly timeZone: string; readonly again: boolean }): Promise<ClosedPeriod>;
  restatement(period: string): Promise<Restatement>;
  sensitivity(options: AskOptions & { readonly stickDays: readonly number[] }): Promise<Sensitivity>;
  /** How long landed lines live and what ends them, so many days after landing. */
  survival(options: AskOptions & { readonly days: readonly number[]; readonly by: SurvivalGroup }): Promise<Survival>;
  /** DORA's five metrics of each repository, of so many days back from the horizon. */
  delivery(options: AskOptions & { readonly days: number }): Promise<Delivery>;
  /** Spend of products, teams or repositories of which nothing stuck. */
  returns(options: AskOptions & { readonly by: ReturnGroup }): Promise<Returns>;
  /** What a change costs: by cohort and in the same period, and with people by tier of token spend. */
  costs(options: AskOptions & { readonly grain: CostGrain; readonly days: number; readonly tiers: number }): Promise<Costs>;
  /** What persons said against rules, newest first. */
  overrules(): Promise<readonly Overrule[]>;
  /** Says what a change is, whatever the rules say, or takes that back. */
  overrule(asked: OverruleAsked): Promise<Overrule>;
  /** Reads files of bills and of reports of usage and cost; absolute paths. */
  importBills(files: readonly string[], progress: Progress): Promise<BillsImport>;
  /** Asks the providers that assay.yaml names for their reports; days in UTC, the last 31 where none are given. */
  fetchBills(asked: FetchAsked): Promise<BillsImport>;
  /** What is stored of bills. */
  bills(): Promise<readonly BillRow[]>;
  /** What was billed beside what was logged. */
  reconcile(options: AskOptions & ReconcileAsked): Promise<Reconciliation>;
  /** The ledger as FOCUS 1.2, in CSV; days in UTC, both included, null is open. */
  exportFocus(options: AskOptions & { readonly from: string | null; readonly to: string | null }): Promise<FocusExport>;
  /** Why another tool's total is not ours; without a time zone the organisation's. */
  compareTool(asked: { readonly tool: string; readonly file: string; readonly timeZone: string | null }): Promise<ToolComparison>;
  close(): Promise<void>;
}
