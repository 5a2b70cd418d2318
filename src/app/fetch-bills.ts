import { join } from "node:path";
import type { ApiReport, AskedDays, BillingApi } from "../bills/billing-api.ts";
import { billSource } from "../bills/bill.ts";
import { billingApis } from "../bills/registry.ts";
import type { BillsImport } from "../contract/bills.ts";
import { UserError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import { ForgeClient, ForgeStopped } from "../outcomes/forge/client.ts";
import { factsFile } from "../store/place.ts";
import type { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { readOptionsConfig, withFacts } from "./derived.ts";
import { type FileImport, importPages, summaryOf } from "./import-bills.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import type { Organisation } from "./organisation.ts";
import { keepingSeen } from "./seen.ts";

export interface FetchAsked {
  /** Null for every one that assay.yaml names. */
  readonly provider: string | null;
  /** Days in UTC; without them the last 31 that are over. */
  readonly from: string | null;
  readonly to: string | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const dayMs = 86_400_000;
const daysAtOnce = 31;
const mostPages = 10_000;
const apis: readonly BillingApi[] = billingApis;

/**
 * Asks providers for their reports of some days. A report enters the store with its last page or not at all; days asked for again
 * are told again. Keys come from the environment, go to one address only, and are stored nowhere.
 * @throws UserError `no_billing`, `bad_range`
 */
export async function fetchBills(options: OpenAssayOptions, asked: FetchAsked): Promise<BillsImport> {
  const { organisation } = readOptionsConfig(options);
  const named = (organisation.billing ?? []).filter(({ provider }) => asked.provider === null || provider === asked.provider);
  if (named.length === 0)
    throw new UserError(
      "no_billing",
      asked.provider === null ? "assay.yaml names no billing." : `assay.yaml names no billing of ${asked.provider}.`,
      {
        hint: "Add it under `billing`, with the variable that holds its key (docs/guide/bills.md).",
      },
    );
  const days = daysOf(asked, options.now());
  const read = async (): Promise<BillsImport> =>
    await withFacts(options.folder, false, async (store) => {
      const told: FileImport[] = [];
      for (const billing of named) told.push(...(await fetchOne(store, options, billing, days, asked)));
      return summaryOf(told);
    });
  return await keepingSeen(options.folder, join(options.folder, factsFile), read);
}

function daysOf({ from, to }: Pick<FetchAsked, "from" | "to">, now: number): AskedDays {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const last = to ?? day(now - dayMs);
  const first = from ?? day(Date.parse(last) - (daysAtOnce - 1) * dayMs);
  if (Date.parse(last) - Date.parse(first) >= 366 * dayMs)
    throw new UserError("bad_range", `${first} to ${last} is more than a year.`, { hint: "Ask for a year at most." });
  return { from: first, to: last };
}

type Billing = NonNullable<Organisation["billing"]>[number];

async function fetchOne(
  store: FactStore,
  { variables, network, now }: OpenAssayOptions,
  billing: Billing,
  days: AskedDays,
  { progress, signal }: FetchAsked,
): Promise<FileImport[]> {
  const api = apis.find(({ id }) => id === billing.provider) as BillingApi; // the schema takes no other
  const address = (billing.address ?? api.address).replace(/\/+$/, "");
  const key = variables[billing.key_variable] ?? "";
  const refused = await whyNot(store, billing.key_variable, key, address, network !== undefined);
  if (refused !== null) return [nothingOf(address, refused)];
  const client = new ForgeClient({
    address,
    authorise: () => Promise.resolve(api.headers(key)),
    transport: { ...(network as NonNullable<typeof network>), now },
    signal,
  });
  const told: FileImport[] = [];
  for (const report of api.reports(days, billing.organization ?? null)) {
    progress(`asking ${api.id} for ${report.name}`);
    const name = `${address} ${report.name}`;
    try {
      const pages = await readPages(client, report, `${days.from}..${days.to}`);
      told.push(await importPages(store, pages, { name, version: Math.floor(now() / 1000) * 1000 }, now()));
    } catch (error) {
      if (!(error instanceof ForgeStopped)) throw error;
      told.push(nothingOf(name, stopped(name, error)));
    }
  }
  return told;
}

/** Null where the key may be sent. */
async function whyNot(store: FactStore, variable: string, key: string, address: string, hasNetwork: boolean): Promise<Problem | null> {
  if (key === "")
    return notice(
      "bill_api_no_key",
      address,
      `the variable ${variable} is not set; nothing was asked`,
      "Set it to an admin key of the provider.",
    );
  if (!hasNetwork)
    return notice("bill_api_offline", address, "there is no network here; nothing was asked", "Read the report from a file.");
  if (!(await store.forges.mayGiveToken(key, new URL(address).origin, await store.secret())))
    return notice(
      "bill_api_key_of_other_address",
      address,
      `what ${variable} holds was given to another address before; it was not sent to this one`,
      "Make a new key for this address: one secret goes to one address only.",
    );
  return null;
}

async function readPages(client: ForgeClient, report: ApiReport, days: string): Promise<unknown[]> {
  const pages: unknown[] = [];
  for (const first of report.requests)
    for (let request: typeof first | null = first; request !== null; ) {
      const answer = request.body === undefined ? await client.get(request.path) : await client.post(request.path, request.body);
      if (answer.status !== 200) throw new ForgeStopped("forge_refused", `there is no report here for this key (${days})`);
      pages.push(answer.json);
      if (pages.length > mostPages) throw new ForgeStopped("forge_unavailable", `the report has more than ${mostPages} pages`);
      request = report.next(answer.json, request);
    }
  return pages;
}

const messages: Readonly<Record<ForgeStopped["code"], readonly [string, string, string]>> = {
  forge_rate_limited: [
    "bill_api_limited",
    "the provider wants no more requests for now; the report was left out",
    "Ask again later, or for fewer days.",
  ],
  forge_refused: [
    "bill_api_refused",
    "the provider refuses the report",
    "It needs an admin key of the organisation (docs/guide/bills.md).",
  ],
  forge_unavailable: ["bill_api_unavailable", "the provider did not answer whole; the report was left out", "Ask again later."],
  forge_redirected: [
    "bill_api_redirected",
    "the provider names another address; it was not asked there",
    "Write its address into `billing` of assay.yaml.",
  ],
};

function stopped(locator: string, { code }: ForgeStopped): Problem {
  const [own, message, hint] = messages[code];
  return notice(own, locator, message, hint);
}

const notice = (code: string, locator: string, message: string, hint: string): Problem => ({
  code,
  severity: "notice",
  source: billSource,
  locator,
  message,
  hint,
});

const nothingOf = (file: string, problem: Problem): FileImport => ({ file, format: null, title: null, lines: 0, problems: [problem] });
