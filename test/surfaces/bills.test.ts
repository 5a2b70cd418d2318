import { expect, test } from "vitest";
import type { BillsImport } from "../../src/contract/bills.ts";
import { reconciliation } from "./bill-fixtures.ts";
import { runWith } from "./fake-machine.ts";

const narrow = (text: string): string[] => text.split("\n").map((line) => line.replace(/ {2,}/g, "  "));

test("says what a file was, and ends with 3 where input was lost", async () => {
  const told: BillsImport = {
    files: [
      { file: "/b/march.csv", format: "focus", title: "FOCUS", lines: 1_200, problems: [] },
      {
        file: "/b/other.csv",
        format: null,
        title: null,
        lines: 0,
        problems: [
          {
            code: "bill_format_unknown",
            severity: "lost",
            source: "bills",
            locator: "/b/other.csv",
            message: "no bill",
            hint: "See the guide.",
          },
        ],
      },
    ],
    lines: 1_200,
    lost: 1,
  };
  const { out, code, calls } = await runWith(["bills", "import", "march.csv", "/b/other.csv"], {
    assay: { importBills: async () => told },
  });
  expect(calls[0]?.args[0]).toEqual(["/home/ada/harbour/march.csv", "/b/other.csv"]);
  expect(code).toBe(3);
  expect(out.split("\n")).toEqual([
    "/b/march.csv: FOCUS, 1,200 lines",
    "/b/other.csv: no bill that is known",
    "1,200 lines of 2 files.",
    "bill_format_unknown (lost, 1 time)",
    "  /b/other.csv: no bill",
    "  → See the guide.",
    "",
  ]);
  expect((await runWith(["bills", "import", "march.csv"])).code).toBe(0);
  expect((await runWith(["bills", "import"])).code).toBe(2);
});

test("lists what is stored of bills, amounts in their own currency", async () => {
  const rows = [
    {
      provider: "aws",
      report: "focus",
      account: "4711",
      from: "2026-03-01",
      to: "2026-03-31",
      lines: 5,
      currency: "EUR",
      billedNano: "6500000000",
    },
    {
      provider: "openai",
      report: "openai-usage",
      account: "",
      from: "2026-03-01",
      to: "2026-03-01",
      lines: 2,
      currency: "USD",
      billedNano: null,
    },
  ];
  const { out } = await runWith(["bills", "list"], { assay: { bills: async () => rows } });
  expect(narrow(out).slice(0, 3)).toEqual([
    "provider  report  period  lines  billed  account",
    "aws  focus  1 Mar – 31 Mar 2026  5  6.50 EUR  4711",
    "openai  openai-usage  1 Mar 2026  2  tells none",
  ]);
  expect((await runWith(["bills", "list"])).out).toContain("No bill is stored.");
});

test("shows what was billed beside what was logged, with the parts of the difference and why", async () => {
  const { out, calls } = await runWith(["reconcile", "--provider", "anthropic", "--range", "2026-03"], {
    machine: { stdout: { isTerminal: false, columns: 140, colorDepth: 1, write: (text) => void (shown += text) } },
  });
  expect(out).toBe("");
  expect(calls).toEqual([{ name: "reconcile", args: [{ asOf: null, provider: "anthropic", from: "2026-03-01", to: "2026-03-31" }] }]);
  expect(narrow(shown)).toEqual([
    "anthropic",
    "days  model  logged  billed  discount  unlogged  unbilled  variance",
    "2026-03-01  claude-opus-4-6  $8.00  $9.00  -$1.00  $2.00  11.1 %",
    "2026-03-01  claude-haiku-4-5  $0.50  no line  $0.50",
    "2026-03  credit  -$3.00",
    "together  usage  $8.50  $9.00  -$1.00  $2.00  $0.50  5.6 %",
    "The bill has $6.00 in all: usage, and credit -$3.00.",
    "",
    "1 row: Part of it is in no log here.",
    "1 row: The bill has no line for this model.",
    "",
    "4 lines of anthropic-claude-code (anthropic) tell the money of days that focus tells: not counted.",
    "2 lines in EUR (12.50) have no exchange rate on their day: in no sum. Add exchange_rates to assay.yaml.",
    "google: $1.00 was logged (1 Mar – 2 Mar 2026) of days without a bill.",
    "Logged is at list prices. billed = logged + discount + unlogged − unbilled.",
    "",
  ]);
});
let shown = "";

test("prints the reconciliation as JSON, and says where there is no bill", async () => {
  expect(JSON.parse((await runWith(["reconcile", "--json"])).out)).toEqual(reconciliation);
  const none = { ...reconciliation, rows: [], providers: [] };
  expect((await runWith(["reconcile"], { assay: { reconcile: async () => none } })).out).toContain("No bill is stored for what was asked.");
});

test("says why another tool's total is not this one, to the nano-dollar", async () => {
  const { out, calls } = await runWith(["compare", "ccusage", "daily.json", "--time-zone", "Europe/Berlin"]);
  expect(calls).toEqual([
    { name: "compareTool", args: [{ tool: "ccusage", file: "/home/ada/harbour/daily.json", timeZone: "Europe/Berlin" }] },
  ]);
  expect(out.split("\n").map((line) => line.trim())).toEqual([
    "$11.500000000  here, at list prices",
    "$10.000000000  ccusage",
    "$1.500000000  more here",
    "",
    "Of that:",
    "$2.000000000  Responses of sub-agents.",
    "-$0.500000000  Other prices.",
    "",
    "1 Mar – 31 Mar 2026: 18 of 20 days have the same tokens (days of UTC); $0.25 stands on other days here, which is no difference of the whole.",
    "2 rows of the report could not be read.",
    "Causes are read off the tokens; what they do not prove is called rest.",
    "",
  ]);
  expect((await runWith(["compare", "ccusage"])).code).toBe(2);
});

test("prints the ledger as FOCUS, and says beside it what has no row", async () => {
  const { out, err, calls } = await runWith(["export", "focus", "--range", "2026-03"]);
  expect(calls).toEqual([{ name: "exportFocus", args: [{ asOf: null, basis: "list", from: "2026-03-01", to: "2026-03-31" }] }]);
  expect(out).toBe("BilledCost\r\n1\r\n");
  expect(err).toBe("1 row of $1.00 (list). 2 charges without a known cost have no row.\n");
  const { files } = await runWith(["export", "focus", "--out", "march.csv", "--basis", "billed"]);
  expect(files.get("/home/ada/harbour/march.csv")).toBe("BilledCost\r\n1\r\n");
});
