import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Assay } from "./assay.ts";
import { openAssay } from "./open-assay.ts";

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}
interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** A provider on loopback that speaks the documented shapes. */
let server: Server;
let address: string;
let folder: string;
let asked: Asked[];
let waits: number[];
let reply: (request: Asked) => Reply;
const key = "sk-admin-0123456789abcdef";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "assay-billing-"));
  [asked, waits, reply] = [[], [], () => ({ status: 404 })];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const told: Asked = {
        method: request.method ?? "",
        url: new URL(request.url ?? "", address),
        headers: request.headers,
        body: body === "" ? null : JSON.parse(body),
      };
      asked.push(told);
      const { status = 200, headers = {}, json = {} } = reply(told);
      response.writeHead(status, headers).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function open(billing: string, variables: Record<string, string> = { BILLING_KEY: key }): Assay {
  writeFileSync(join(folder, "assay.yaml"), `billing: [{ ${billing}, key_variable: BILLING_KEY, address: "${address}" }]\n`);
  return openAssay({
    folder,
    configFile: null,
    isSample: false,
    version: "test",
    variables,
    platform: process.platform,
    releaseMemory() {},
    now: () => Date.parse("2026-04-10T12:00:00Z"),
    network: { fetch, wait: async (ms) => void waits.push(ms) },
  });
}

const march = (assay: Assay, days: { from: string | null; to: string | null } = { from: "2026-03-02", to: "2026-03-03" }) =>
  assay.fetchBills({ provider: null, ...days, progress() {}, signal: new AbortController().signal });

const cost = (day: string, model: string, amount: string) => ({
  starting_at: `${day}T00:00:00Z`,
  ending_at: new Date(Date.parse(day) + 86_400_000).toISOString(),
  group: { model, cost_type: "tokens", token_type: "output_tokens" },
  cost: { amount, list_amount: amount, currency: "USD" },
});

const anthropic = ({ url }: Asked): Reply => {
  if (url.pathname.endsWith("/usage")) return { json: { data: [], has_more: false, next_page: null } };
  return url.searchParams.get("page") === "p2"
    ? { json: { data: [cost("2026-03-03", "claude-opus-4-6", "250")], has_more: false, next_page: null } }
    : { json: { data: [cost("2026-03-02", "claude-opus-4-6", "100")], has_more: true, next_page: "p2" } };
};

describe("fetch", () => {
  it("reads all pages of Anthropic's reports, and the same again changes nothing", async () => {
    reply = anthropic;
    const assay = open("provider: anthropic");
    const told = await march(assay);
    expect(told.files.map(({ format, lines }) => [format, lines])).toEqual([
      ["anthropic-cost", 2],
      [null, 0], // a usage report of nothing
    ]);
    expect(told.files[1]?.problems.map(({ code }) => code)).toEqual(["bill_empty"]);
    const [first, second] = asked;
    expect(first?.headers).toMatchObject({
      "x-api-key": key,
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "analytics-usage-cost-2026-08-24",
    });
    expect(Object.fromEntries(first?.url.searchParams ?? [])).toMatchObject({
      starting_at: "2026-03-02T00:00:00Z",
      ending_at: "2026-03-04T00:00:00Z",
      time_bucket_width: "1d",
    });
    expect(second?.url.searchParams.get("page")).toBe("p2");
    expect(second?.url.searchParams.getAll("group_by[]")).toEqual(["model", "cost_type", "token_type"]);
    const once = await assay.bills();
    expect(once).toMatchObject([{ provider: "anthropic", lines: 2, billedNano: "3500000000" }]);
    await march(assay);
    expect(await assay.bills()).toEqual(once);
  });

  it("waits as long as a limit says, and asks again", async () => {
    let refusals = 2;
    reply = (request) => (refusals-- > 0 ? { status: 429, headers: { "retry-after": "7" } } : anthropic(request));
    const told = await march(open("provider: anthropic"));
    expect(waits).toEqual([7_000, 7_000]);
    expect(told.lines).toBe(2);
  });

  it("keeps nothing of a report of which a page did not come, and says so", async () => {
    reply = (request) => (request.url.searchParams.get("page") === "p2" ? { status: 500 } : anthropic(request));
    const assay = open("provider: anthropic");
    const told = await march(assay);
    expect(told.files[0]).toMatchObject({ format: null, lines: 0, problems: [{ code: "bill_api_unavailable" }] });
    expect(told.lost).toBe(0);
    expect(await assay.bills()).toEqual([]);
  });

  it("says that a key is refused, or is not there; nothing is asked without one", async () => {
    reply = () => ({ status: 401 });
    expect((await march(open("provider: openai"))).files[0]?.problems).toMatchObject([{ code: "bill_api_refused" }]);
    asked.length = 0;
    const told = await march(open("provider: openai", {}));
    expect(told.files.map(({ problems }) => problems.map(({ code }) => code))).toEqual([["bill_api_no_key"]]);
    expect(asked).toEqual([]);
    const assay = open("provider: openai");
    writeFileSync(join(folder, "assay.yaml"), "");
    await expect(march(assay)).rejects.toMatchObject({ code: "no_billing" });
  });

  it("sends a key to no other address than the first, and writes it nowhere", async () => {
    reply = anthropic;
    await march(open("provider: anthropic"));
    for (const name of readdirSync(folder))
      if (name !== "assay.yaml") expect(readFileSync(join(folder, name)).includes(key), name).toBe(false);
    const before = asked.length;
    address = address.replace("127.0.0.1", "localhost");
    expect((await march(open("provider: anthropic"))).files[0]?.problems).toMatchObject([{ code: "bill_api_key_of_other_address" }]);
    expect(asked.length).toBe(before);
  });

  it("asks OpenAI by buckets, Copilot by days, Cursor by pages, OpenRouter by days", async () => {
    reply = () => ({ json: { data: [] } });
    await march(open("provider: openai"));
    expect(asked.map(({ url }) => [url.pathname, url.searchParams.get("start_time"), url.searchParams.get("group_by")])).toEqual([
      ["/v1/organization/costs", "1772409600", "line_item"],
      ["/v1/organization/usage/completions", "1772409600", "model"],
    ]);
    asked.length = 0;
    const item = {
      product: "Copilot",
      sku: "copilot_ai_credit",
      model: "m",
      unitType: "ai-credits",
      grossQuantity: 1,
      grossAmount: 0.01,
      netAmount: 0.01,
    };
    reply = ({ url }) =>
      url.pathname.includes("ai_credit")
        ? { json: { timePeriod: { year: 2026, month: 3, day: Number(url.searchParams.get("day")) }, usageItems: [item] } }
        : { json: { usageItems: [] } };
    const copilot = await march(open("provider: github-copilot, organization: acme", { BILLING_KEY: "ghp-another-key" }));
    expect(
      asked.map(({ url }) => [url.pathname.replace("/organizations/acme/settings/billing/", ""), url.searchParams.get("day")]),
    ).toEqual([
      ["ai_credit/usage", "2"],
      ["ai_credit/usage", "3"],
      ["premium_request/usage", "2"],
      ["premium_request/usage", "3"],
    ]);
    expect(copilot.lines).toBe(2);
    asked.length = 0;
    const event = { timestamp: "1772445600000", userEmail: "a@example.com", model: "m", isChargeable: true, chargedCents: 5 };
    reply = ({ body }) => {
      const page = (body as { page: number }).page;
      return { json: { usageEvents: [event], pagination: { currentPage: page, hasNextPage: page < 2 } } };
    };
    const cursor = await march(open("provider: cursor", { BILLING_KEY: "cursor-key" }));
    expect(asked.map(({ method, body, headers }) => [method, (body as { page: number }).page, headers.authorization])).toEqual([
      ["POST", 1, `Basic ${Buffer.from("cursor-key:").toString("base64")}`],
      ["POST", 2, `Basic ${Buffer.from("cursor-key:").toString("base64")}`],
    ]);
    expect(cursor.lines).toBe(2);
  });

  it("asks for the last 31 days that are over where no days are given", async () => {
    reply = anthropic;
    await march(open("provider: anthropic"), { from: null, to: null });
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toMatchObject({
      starting_at: "2026-03-10T00:00:00Z",
      ending_at: "2026-04-10T00:00:00Z",
    });
  });
});
