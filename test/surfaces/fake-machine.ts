/** A machine and a store for tests of the command line: what is asked of them is kept, what they answer is typed in. */
import type { Assay, ImportSummary } from "../../src/app/assay.ts";
import type { Overrule } from "../../src/contract/overrule.ts";
import type { Machine, OpenOptions } from "../../src/surfaces/cli/machine.ts";
import { runCli } from "../../src/surfaces/cli/run.ts";
import { answerFixture } from "./answer-fixture.ts";
import { costs, delivery, returns, survival } from "./delivery-fixtures.ts";
import { reconciliation, toolComparison } from "./bill-fixtures.ts";
import { closedPeriod, restatement, sensitivity } from "./close-fixtures.ts";
import {
  auditFixture,
  blameFixture,
  changeCard,
  commitCard,
  doctorReport,
  explanation,
  fileCard,
  identityRows,
  measureRows,
  problemRows,
  queryResult,
  sessionCard,
  sourceRows,
} from "./card-fixtures.ts";

export const emptyImport: ImportSummary = {
  filesSeen: 3,
  filesRead: 2,
  bytesRead: 1_250_000,
  newUsages: 40,
  repositories: 1,
  newCommits: 12,
  problems: [],
  lost: 0,
  changed: true,
};

export const overruled: Overrule = {
  repository: "acme/yard",
  change: "#9",
  class: "security",
  ruledClass: "fix",
  author: "ada",
  reason: "It was reported to us as a hole.",
  toldAt: "2026-02-03T00:00:00.000Z",
  stands: true,
};

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly opened: readonly OpenOptions[];
  readonly calls: readonly Call[];
  readonly closed: number;
  readonly files: ReadonlyMap<string, string>;
}

export interface Setting {
  readonly assay?: Partial<Assay>;
  readonly machine?: Partial<Machine>;
  readonly isTerminal?: boolean;
}

/** Runs one command line against the fakes. */
export async function runWith(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  let out = "";
  let err = "";
  let closed = 0;
  const opened: OpenOptions[] = [];
  const calls: Call[] = [];
  const files = new Map<string, string>();
  const told =
    <Result>(name: string, result: Result) =>
    async (...given: readonly unknown[]): Promise<Result> => {
      calls.push({ name, args: given });
      return result;
    };
  const given = Object.fromEntries(
    Object.entries(setting.assay ?? {}).map(([name, act]) => [
      name,
      (...parameters: readonly unknown[]) => {
        calls.push({ name, args: parameters });
        return (act as (...parameters: readonly unknown[]) => unknown)(...parameters);
      },
    ]),
  ) as Partial<Assay>;
  const assay: Assay = {
    import: told("import", emptyImport),
    watch: told("watch", undefined),
    rebuild: told("rebuild", undefined),
    prepare: told("prepare", undefined),
    answer: told("answer", answerFixture),
    audit: told("audit", auditFixture),
    showSession: told("showSession", sessionCard),
    showChange: told("showChange", changeCard),
    showCommit: told("showCommit", commitCard),
    explain: told("explain", explanation),
    query: told("query", queryResult),
    blame: told("blame", blameFixture),
    showFile: told("showFile", fileCard),
    identities: told("identities", identityRows),
    doctor: told("doctor", doctorReport),
    measures: () => measureRows,
    sources: told("sources", sourceRows),
    notes: told("notes", []),
    problems: told("problems", problemRows),
    closes: told("closes", [closedPeriod]),
    closePeriod: told("closePeriod", closedPeriod),
    restatement: told("restatement", restatement),
    sensitivity: told("sensitivity", sensitivity),
    survival: told("survival", survival),
    delivery: told("delivery", delivery),
    returns: told("returns", returns),
    costs: told("costs", costs),
    overrules: told("overrules", [overruled]),
    overrule: told("overrule", overruled),
    importBills: told("importBills", { files: [], lines: 0, lost: 0 }),
    fetchBills: told("fetchBills", { files: [], lines: 0, lost: 0 }),
    bills: told("bills", []),
    reconcile: told("reconcile", reconciliation),
    exportFocus: told("exportFocus", { csv: "BilledCost\r\n1\r\n", rows: 1, basis: "list", totalNanoUsd: "1000000000", withoutCost: 2 }),
    compareTool: told("compareTool", toolComparison),
    ...given,
    close: async () => {
      closed++;
    },
  };
  const isTerminal = setting.isTerminal ?? false;
  const screen = { isTerminal, columns: isTerminal ? 100 : undefined, colorDepth: isTerminal ? 8 : 1 };
  const machine: Machine = {
    stdout: { ...screen, write: (text) => void (out += text) },
    stderr: { ...screen, write: (text) => void (err += text) },
    version: "9.9.9",
    platform: "linux",
    nodeVersion: "v20.19.0",
    homeDir: "/home/ada",
    workingDir: "/home/ada/harbour",
    variables: {},
    now: () => 0,
    openAssay: async (options) => {
      opened.push(options);
      return assay;
    },
    makeSample: async (folder) => ({ storeDir: `${folder}/store`, home: `${folder}/home`, repositories: [`${folder}/repository`] }),
    freeBytes: async () => 1e9,
    isFolder: async () => true,
    writeText: async (path, text) => void files.set(path, text),
    serve: async ({ host, port }) => ({
      address: `http://${host}:${port}/`,
      port,
      grpcPort: null,
      madeToken: null,
      close: async () => void closed++,
    }),
    printPdf: async (page, path) => void files.set(path, page),
    processes: {
      program: ["/opt/node", "/opt/assay.js"],
      pid: 1,
      userId: 501,
      run: async () => ({ code: null, out: "", err: "" }),
      startApart: () => {},
      isAlive: () => false,
      wait: async () => {},
    },
    openPage: () => {},
    interruptSignal: () => new AbortController().signal,
    ...setting.machine,
  };
  const code = await runCli(args, machine);
  return { code, out, err, opened, calls, closed, files };
}
