/** The commands about bills: their flags and words. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CompareFlags, ExportFlags, FetchFlags, ReconcileFlags } from "./commands/bills.ts";
import type { CliContext } from "./context.ts";
import { asOfFlags, basisFlags, type CommonFlags, commonFlags, requireText, requireTimeZone } from "./flags.ts";
import { parseRange } from "./query-flags.ts";

const importBills = buildCommand<CommonFlags, string[], CliContext>({
  loader: async () => (await import("./commands/bills.ts")).importBills,
  parameters: {
    flags: commonFlags,
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { brief: "Bills and reports, CSV or JSON; the format is told by the content", placeholder: "FILE", parse: requireText },
    },
  },
  docs: {
    brief: "Read bills and reports of usage and cost from files",
    fullDescription:
      "Read bills and reports of usage and cost from files.\nA file read twice changes nothing. Ends with exit code 3 when input was lost to damage.",
  },
});

const listBills = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/bills.ts")).listBills,
  parameters: { flags: commonFlags },
  docs: { brief: "List what is stored of bills" },
});

const fetchBills = buildCommand<FetchFlags, [], CliContext>({
  loader: async () => (await import("./commands/bills.ts")).fetchBills,
  parameters: {
    flags: {
      provider: { kind: "parsed", parse: requireText, optional: true, placeholder: "NAME", brief: "Only this provider" },
      range: {
        kind: "parsed",
        parse: parseRange,
        optional: true,
        placeholder: "FROM..TO",
        brief: "Days in UTC, both included; the last 31 that are over by default",
      },
      ...commonFlags,
    },
  },
  docs: {
    brief: "Ask the providers that assay.yaml names for their reports",
    fullDescription:
      "Ask the providers that assay.yaml names under billing for their reports.\nKeys come from the environment, go to one address only, and are never stored.",
  },
});

export const bills = buildRouteMap({
  routes: { import: importBills, fetch: fetchBills, list: listBills },
  docs: { brief: "Read what was billed, and list it" },
});

export const reconcile = buildCommand<ReconcileFlags, [], CliContext>({
  loader: async () => (await import("./commands/bills.ts")).reconcile,
  parameters: {
    flags: {
      provider: { kind: "parsed", parse: requireText, optional: true, placeholder: "NAME", brief: "Only this provider" },
      range: {
        kind: "parsed",
        parse: parseRange,
        optional: true,
        placeholder: "FROM..TO",
        brief: "Days in UTC, both included; or a month such as 2026-01",
      },
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: { brief: "Set what was billed beside what was logged, by provider, day and model" },
});

export const compare = buildCommand<CompareFlags, [string, string], CliContext>({
  loader: async () => (await import("./commands/bills.ts")).compare,
  parameters: {
    flags: {
      timeZone: {
        kind: "parsed",
        parse: requireTimeZone,
        optional: true,
        placeholder: "ZONE",
        brief: "Whose days the report has; by default time_zone of assay.yaml, else UTC",
      },
      ...commonFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "What the tool is called: ccusage, or any that prints JSON of that shape", placeholder: "TOOL", parse: requireText },
        { brief: "Its report as JSON, such as `ccusage daily --json`", placeholder: "FILE", parse: requireText },
      ],
    },
  },
  docs: { brief: "Say why another tool's total is not this one, in dollars by cause" },
});

const focus = buildCommand<ExportFlags, [], CliContext>({
  loader: async () => (await import("./commands/bills.ts")).exportFocus,
  parameters: {
    flags: {
      range: {
        kind: "parsed",
        parse: parseRange,
        optional: true,
        placeholder: "FROM..TO",
        brief: "Days in UTC, both included; or a month such as 2026-01",
      },
      out: { kind: "parsed", parse: requireText, optional: true, placeholder: "FILE", brief: "Write to a file instead of printing" },
      ...basisFlags,
      ...asOfFlags,
      ...commonFlags,
    },
  },
  docs: {
    brief: "The ledger as FOCUS 1.2 in CSV, with fate, session and repository",
    fullDescription:
      "The ledger as FOCUS 1.2 in CSV, with fate, session and repository in columns of its own (x_…).\nBilledCost is the money of the asked basis, list prices by default: x_Basis says which.",
  },
});

export const exportLedger = buildRouteMap({ routes: { focus }, docs: { brief: "Write the ledger in a form other tools read" } });
