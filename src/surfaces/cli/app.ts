/** The commands, their flags and their words. Loads nothing of a command before it runs: `--help` stays cheap. */
import {
  type Application,
  ArgumentParseError,
  ArgumentScannerError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type RouteMap,
  text_en,
} from "@stricli/core";
import type { CloseFlags, SensitivityFlags } from "./commands/close.ts";
import type { CostsFlags } from "./commands/costs.ts";
import { costGrains } from "../../contract/costs.ts";
import type { BlameFlags } from "./commands/blame.ts";
import type { DeliveryFlags } from "./commands/delivery.ts";
import type { DoctorFlags } from "./commands/doctor.ts";
import type { QueryFlags } from "./commands/query.ts";
import type { OverruleFlags } from "./commands/overrule.ts";
import type { ReportFlags } from "./commands/report.ts";
import type { ServeFlags } from "./commands/serve.ts";
import type { ShowFlags } from "./commands/show.ts";
import type { ReturnsFlags } from "./commands/returns.ts";
import type { SurvivalFlags } from "./commands/survival.ts";
import type { StartFlags } from "./commands/start.ts";
import type { WatchFlags } from "./commands/watch.ts";
import { bills, compare, exportLedger, reconcile } from "./bill-commands.ts";
import { capture } from "./capture-commands.ts";
import type { CliContext } from "./context.ts";
import { exitCodeOf, failureText } from "./failure.ts";
import {
  type AsOfFlags,
  asOfFlags,
  basisFlags,
  type CommonFlags,
  commonFlags,
  dayFlags,
  listenFlags,
  type ForgeFlags,
  forgeFlags,
  type OnlyFlags,
  onlyFlags,
  reportFormats,
  requireDays,
  requireRows,
  requireSeconds,
  requireText,
  requireTiers,
  requireTimeZone,
  requireWindow,
  type SearchFlags,
  searchFlags,
  type TrailerFlags,
  trailerFlags,
} from "./flags.ts";
import { parseCompare, parseFilter, parseList, parseOrder, parseRange } from "./query-flags.ts";

const out = { kind: "parsed", parse: requireText, optional: true, placeholder: "FILE" } as const;

const start = buildCommand<StartFlags, [], CliContext>({
  loader: async () => (await import("./commands/start.ts")).start,
  parameters: {
    flags: {
      ...searchFlags,
      ...trailerFlags,
      ...asOfFlags,
      out: { ...out, brief: "Where to write the page; answer.html in the store's folder by default" },
      serve: { kind: "boolean", optional: true, brief: "Serve the page afterwards; by default where stdout is a terminal" },
      ...listenFlags,
      ...commonFlags,
    },
  },
  docs: {
    brief: "Find the agent logs of this computer, import them and answer (what `assay` alone does)",
    fullDescription:
      "Find the agent logs of this computer, import them, answer, and serve the page until Ctrl-C.\nWhere stdout is no terminal it ends with the answer; --serve serves there too, --no-serve never.",
  },
});

const serve = buildCommand<ServeFlags, [], CliContext>({
  loader: async () => (await import("./commands/serve.ts")).serve,
  parameters: { flags: { ...listenFlags, ...searchFlags, ...commonFlags } },
  docs: {
    brief: "Serve the page and the API of a store until Ctrl-C",
    fullDescription:
      "Serve the page and the API of a store until Ctrl-C, and take what agents send by OpenTelemetry (OTLP).\nOn loopback local data is one's own; anywhere else everything needs the owner's token, which is made and printed at the first start.",
  },
});

const importCommand = buildCommand<CommonFlags & ForgeFlags & OnlyFlags & SearchFlags & TrailerFlags, [], CliContext>({
  loader: async () => (await import("./commands/import.ts")).importLogs,
  parameters: { flags: { ...searchFlags, ...onlyFlags, ...forgeFlags, ...trailerFlags, ...commonFlags } },
  docs: {
    brief: "Read what is new in agent logs and repositories",
    fullDescription:
      "Read what is new in agent logs and repositories.\nEnds with exit code 3 when input was lost to damage; what was absent is a notice and ends with 0.",
  },
});

const watch = buildCommand<WatchFlags, [], CliContext>({
  loader: async () => (await import("./commands/watch.ts")).watch,
  parameters: {
    flags: {
      ...searchFlags,
      every: { kind: "parsed", parse: requireSeconds, default: "30", placeholder: "SECONDS", brief: "Look by itself so often" },
      ...commonFlags,
    },
  },
  docs: {
    brief: "Keep the store fresh: import whenever a log or a ref changes",
    fullDescription:
      "Keep the store fresh: import whenever a log or a ref changes.\nPrints a line for each import that found something. Waits while another process has the store. Ctrl-C ends it.",
  },
});

const report = buildCommand<ReportFlags, [], CliContext>({
  loader: async () => (await import("./commands/report.ts")).report,
  parameters: {
    flags: {
      format: { kind: "enum", values: reportFormats, default: "text", brief: "How to print it; pdf by a browser of this machine" },
      ...dayFlags,
      ...basisFlags,
      ...asOfFlags,
      out: { ...out, brief: "Write to a file instead of printing" },
      ...commonFlags,
    },
  },
  docs: {
    brief: "Answer from the store: what did the tokens buy?",
    fullDescription:
      "Answer from the store: what did the tokens buy? Of all there is, or of what was spent from one day to another.\nEvery format is one file that needs nothing else; html, md, svg and pdf have the same charts.",
  },
});

const show = (kind: "session" | "change" | "commit", brief: string) =>
  buildCommand<ShowFlags, [string], CliContext>({
    loader: async () => (await import("./commands/show.ts")).show[kind],
    parameters: {
      flags: { ...asOfFlags, ...commonFlags },
      positional: { kind: "tuple", parameters: [{ brief: `Id of the ${kind}`, placeholder: "ID", parse: requireText }] },
    },
    docs: { brief },
  });

const repositoryOfFile = {
  kind: "parsed",
  parse: requireText,
  optional: true,
  placeholder: "PATH",
  brief: "Its repository, where the file is not in this one",
} as const;

const showFile = buildCommand<ShowFlags & { readonly repo?: string }, [string], CliContext>({
  loader: async () => (await import("./commands/show.ts")).showFile,
  parameters: {
    flags: { repo: repositoryOfFile, ...asOfFlags, ...commonFlags },
    positional: { kind: "tuple", parameters: [{ brief: "A file that HEAD has", placeholder: "FILE", parse: requireText }] },
  },
  docs: { brief: "One file: what its lines cost, who wrote them, how long they live" },
});

const explain = buildCommand<AsOfFlags & CommonFlags, [string], CliContext>({
  loader: async () => (await import("./commands/explain.ts")).explain,
  parameters: {
    flags: { ...asOfFlags, ...commonFlags },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "A session, change, commit, fate or measure, or context: what put tokens into the prompts",
          placeholder: "SUBJECT",
          parse: requireText,
        },
      ],
    },
  },
  docs: { brief: "Say why a number is what it is" },
});

const measures = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/measures.ts")).measures,
  parameters: { flags: commonFlags },
  docs: { brief: "List the measures, with how each is gamed" },
});

const sources = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/sources.ts")).sources,
  parameters: { flags: commonFlags },
  docs: { brief: "List where tokens were read from" },
});

const witnesses = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/witnesses.ts")).witnesses,
  parameters: { flags: commonFlags },
  docs: { brief: "List what authorship notes claim, and what of it was so" },
});

const problems = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/problems.ts")).problems,
  parameters: { flags: commonFlags },
  docs: { brief: "List the input that could not be used" },
});

const audit = buildCommand<AsOfFlags & CommonFlags & { readonly links?: boolean }, [], CliContext>({
  loader: async () => (await import("./commands/audit.ts")).audit,
  parameters: {
    flags: {
      links: { kind: "boolean", optional: true, withNegated: false, brief: "Add a row per session and commit" },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: { brief: "Print every count behind the answer" },
});

const rebuild = buildCommand<CommonFlags & TrailerFlags, [], CliContext>({
  loader: async () => (await import("./commands/rebuild.ts")).rebuild,
  parameters: { flags: { ...trailerFlags, ...commonFlags } },
  docs: { brief: "Derive everything anew from the facts in the store" },
});

const overrule = buildCommand<OverruleFlags, [string?, string?], CliContext>({
  loader: async () => (await import("./commands/overrule.ts")).overrule,
  parameters: {
    flags: {
      class: { kind: "parsed", parse: requireText, optional: true, placeholder: "CLASS", brief: "What it is: feature, fix, refactor, …" },
      reason: { kind: "parsed", parse: requireText, optional: true, placeholder: "TEXT", brief: "Why; kept with it" },
      author: {
        kind: "parsed",
        parse: requireText,
        optional: true,
        placeholder: "NAME",
        brief: "Who says so; the user of this computer by default",
      },
      undo: { kind: "boolean", optional: true, withNegated: false, brief: "Take back what was said" },
      list: { kind: "boolean", optional: true, withNegated: false, brief: "List what was said, newest first" },
      ...commonFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "What is overruled: change", placeholder: "change", parse: requireText, optional: true },
        { brief: "The change, as #12 or the commit that landed it", placeholder: "ID", parse: requireText, optional: true },
      ],
    },
  },
  docs: { brief: "Say what a change is where the rules are wrong: a fact with author and reason" },
});

const close = buildCommand<CloseFlags, [string?], CliContext>({
  loader: async () => (await import("./commands/close.ts")).close,
  parameters: {
    flags: {
      again: { kind: "boolean", optional: true, withNegated: false, brief: "Close it anew; the earlier snapshot is kept" },
      timeZone: { kind: "parsed", parse: requireTimeZone, default: "UTC", placeholder: "ZONE", brief: "Whose days make the month" },
      ...commonFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "A month, as 2026-10; without it the closed ones are listed", placeholder: "MONTH", parse: requireText, optional: true },
      ],
    },
  },
  docs: { brief: "Keep a month's numbers as they are known now" },
});

const restatement = buildCommand<CommonFlags, [string], CliContext>({
  loader: async () => (await import("./commands/close.ts")).restatement,
  parameters: {
    flags: commonFlags,
    positional: { kind: "tuple", parameters: [{ brief: "A closed month", placeholder: "MONTH", parse: requireText }] },
  },
  docs: { brief: "Say what changed a closed month, by cause" },
});

const sensitivity = buildCommand<SensitivityFlags, [], CliContext>({
  loader: async () => (await import("./commands/close.ts")).sensitivity,
  parameters: {
    flags: {
      days: {
        kind: "parsed",
        parse: requireDays,
        variadic: ",",
        default: ["7", "14", "21", "30", "60", "90"],
        placeholder: "N,N",
        brief: "Numbers of days to stick",
      },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: { brief: "Show how the shares depend on the days a line must live to stick" },
});

const survival = buildCommand<SurvivalFlags, [], CliContext>({
  loader: async () => (await import("./commands/survival.ts")).survival,
  parameters: {
    flags: {
      days: {
        kind: "parsed",
        parse: requireDays,
        variadic: ",",
        default: ["7", "21", "90"],
        placeholder: "N,N",
        brief: "Days after landing",
      },
      by: { kind: "enum", values: ["author", "repository", "none"], default: "author", brief: "Whose lines are compared" },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: { brief: "Show how long landed lines live, and what ends them" },
});

const delivery = buildCommand<DeliveryFlags, [], CliContext>({
  loader: async () => (await import("./commands/delivery.ts")).delivery,
  parameters: {
    flags: {
      days: { kind: "parsed", parse: requireWindow, default: "90", placeholder: "N", brief: "Days back from the newest commit" },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: { brief: "Show DORA's five metrics of each repository" },
});

const returns = buildCommand<ReturnsFlags, [], CliContext>({
  loader: async () => (await import("./commands/returns.ts")).returns,
  parameters: {
    flags: {
      by: { kind: "enum", values: ["product", "team", "repository"], default: "repository", brief: "Whose spend" },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: { brief: "Show spend of which nothing stuck, by product, team or repository" },
});

const costs = buildCommand<CostsFlags, [], CliContext>({
  loader: async () => (await import("./commands/costs.ts")).costs,
  parameters: {
    flags: {
      grain: { kind: "enum", values: costGrains, default: "month", brief: "Length of a cohort" },
      days: { kind: "parsed", parse: requireWindow, default: "91", placeholder: "N", brief: "Days back that tiers are of" },
      tiers: { kind: "parsed", parse: requireTiers, default: "5", placeholder: "N", brief: "Tiers of equal numbers of persons" },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: {
    brief: "Show what a change costs: by cohort, in the same period, at the margin, with people",
    fullDescription:
      "Show what a change costs that landed, was released, stuck: by cohort of first spend and in the same period, on average and at the margin; and with people by tier of token spend, from the salaries of assay.yaml.",
  },
});

const query = buildCommand<QueryFlags, string[], CliContext>({
  loader: async () => (await import("./commands/query.ts")).query,
  parameters: {
    flags: {
      by: { kind: "parsed", parse: parseList, optional: true, placeholder: "DIM,DIM", brief: "Dimensions to split by" },
      where: {
        kind: "parsed",
        parse: parseFilter,
        optional: true,
        variadic: true,
        placeholder: "DIM=VALUE,VALUE",
        brief: "Only these values; != for all but these; null for what is not known; may be given again",
      },
      range: {
        kind: "parsed",
        parse: parseRange,
        optional: true,
        placeholder: "FROM..TO",
        brief: "Days, both included; or a month such as 2026-01",
      },
      compare: {
        kind: "parsed",
        parse: parseCompare,
        optional: true,
        placeholder: "PERIOD",
        brief: "Beside the previous period, or FROM..TO",
      },
      grain: { kind: "enum", values: ["day", "week", "month", "quarter", "year"], optional: true, brief: "Cut time into buckets" },
      timeZone: {
        kind: "parsed",
        parse: requireText,
        optional: true,
        placeholder: "ZONE",
        brief: "Whose days; by default time_zone of assay.yaml, else UTC",
      },
      order: {
        kind: "parsed",
        parse: parseOrder,
        optional: true,
        placeholder: "COLUMN[:asc]",
        brief: "Columns to order by, largest first",
      },
      limit: { kind: "parsed", parse: requireRows, optional: true, placeholder: "ROWS", brief: "Rows at most; 1000 by default" },
      format: {
        kind: "enum",
        values: ["table", "csv", "json"],
        default: "table",
        brief: "How to print it; csv and json hold exact values",
      },
      sql: { kind: "boolean", optional: true, withNegated: false, brief: "Print the SQL statement instead" },
      ...basisFlags,
      ...asOfFlags,
      ...commonFlags,
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { brief: "Measures, as `assay measures` lists them", placeholder: "MEASURE", parse: requireText },
    },
  },
  docs: {
    brief: "Any measures by any dimensions",
    fullDescription:
      "Any measures by any dimensions.\nFor example: assay query spend bought_share --by model --range 2026-01 --compare previous",
  },
});

const blame = buildCommand<BlameFlags, [string], CliContext>({
  loader: async () => (await import("./commands/blame.ts")).blame,
  parameters: {
    flags: {
      repo: repositoryOfFile,
      ...asOfFlags,
      ...commonFlags,
    },
    positional: { kind: "tuple", parameters: [{ brief: "A file that HEAD has", placeholder: "FILE", parse: requireText }] },
  },
  docs: { brief: "Who wrote each line of a file, and what it cost" },
});

const whoami = buildCommand<CommonFlags & { readonly unmatched?: boolean }, [], CliContext>({
  loader: async () => (await import("./commands/whoami.ts")).whoami,
  parameters: {
    flags: {
      unmatched: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Only those nobody owns, with the lines to paste into assay.yaml",
      },
      ...commonFlags,
    },
  },
  docs: { brief: "List the identities seen, and whose they are" },
});

const doctor = buildCommand<DoctorFlags, [], CliContext>({
  loader: async () => (await import("./commands/doctor.ts")).doctor,
  parameters: { flags: { home: searchFlags.home, noHome: searchFlags.noHome, ...commonFlags } },
  docs: {
    brief: "Check the store, this machine, the logs and the repositories",
    fullDescription:
      "Check the store, this machine, the logs and the repositories.\nChanges nothing. Ends with exit code 1 when something failed; a warning alone ends with 0.",
  },
});

const completion = buildCommand<CommonFlags, [string], CliContext>({
  loader: async () => (await import("./commands/completion.ts")).completion,
  parameters: {
    flags: commonFlags,
    positional: { kind: "tuple", parameters: [{ brief: "bash, zsh or fish", placeholder: "SHELL", parse: requireText }] },
  },
  docs: {
    brief: "Print the script that completes commands, flags and names in a shell",
    fullDescription:
      "Print the script that completes commands, flags and names in a shell.\nbash, zsh: put into the shell's start file: source <(assay completion bash)\nfish: assay completion fish > ~/.config/fish/completions/assay.fish",
  },
});

/** Without a prototype: `assay constructor` is an unknown command, not Object's. */
const routes = Object.assign(Object.create(null) as Record<never, never>, {
  start,
  serve,
  import: importCommand,
  watch,
  capture,
  report,
  show: buildRouteMap({
    routes: {
      session: show("session", "One session: its turns, its commits, its money"),
      change: show("change", "One change: who wrote it, what it cost, what is left of it"),
      commit: show("commit", "One commit: which sessions wrote it, with which evidence"),
      file: showFile,
    },
    docs: { brief: "Open one session, change, commit or file" },
  }),
  explain,
  query,
  blame,
  whoami,
  measures,
  sources,
  witnesses,
  problems,
  doctor,
  audit,
  close,
  overrule,
  restatement,
  sensitivity,
  survival,
  delivery,
  returns,
  costs,
  bills,
  reconcile,
  compare,
  export: exportLedger,
  rebuild,
  completion,
});

/** The first word of a command line that is not a flag has to be one of these. */
export const commandNames: readonly string[] = Object.keys(routes);

/** The command that runs when none is named. */
export const defaultCommandName = "start";

export function buildRoutes(): RouteMap<CliContext> {
  return buildRouteMap({
    routes,
    docs: {
      brief: "What did the tokens buy?",
      fullDescription: [
        "What did the tokens buy? Assay follows AI tokens from the agents' own logs to the lines, commits and changes they became.",
        "",
        "`assay` alone finds the agent logs of this computer and the repositories they worked in, imports, and answers.",
        "Exit codes: 0 ok, 1 fault (or something doctor found), 2 usage, 3 input was lost to damage (import only).",
      ].join("\n"),
    },
  });
}

export function buildApp(commands: RouteMap<CliContext>, version: string, debug: boolean): Application<CliContext> {
  return buildApplication(commands, {
    name: "assay",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", onlyRequiredInUsageLine: true, disableAnsiColor: false },
    determineExitCode: exitCodeOf,
    localization: {
      text: {
        ...text_en,
        exceptionWhileRunningCommand: (failure) => failureText(failure, debug),
        exceptionWhileLoadingCommandFunction: (failure) => failureText(failure, debug),
        exceptionWhileParsingArguments: (failure) => argumentText(failure, debug),
      },
    },
  });
}

function argumentText(failure: unknown, debug: boolean): string {
  if (failure instanceof ArgumentParseError) return `${failure.externalFlagNameOrPlaceholder}: ${failureText(failure.exception, debug)}`;
  return failure instanceof ArgumentScannerError ? failure.message : failureText(failure, debug);
}
