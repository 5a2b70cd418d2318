/** The API over the sample: that it says what the command line says, and that its pages add up. */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RouteContract, routes } from "../../src/contract/api-routes.ts";
import type { ChangeRow, FileRow, ImportStatus, ListedStrand, Page, SessionRow } from "../../src/contract/api.ts";
import type { Answer } from "../../src/contract/answer.ts";
import type { MeasureResult } from "../../src/contract/query.ts";
import type { FileCard } from "../../src/contract/show.ts";
import { Database } from "../../src/store/duckdb/database.ts";
import type { RunningServer } from "../../src/surfaces/http/server.ts";
import { type Sample, Scratch, homeWith, importInto, makeSample, openStore } from "../scenarios/support/sample-store.ts";
import { runWith } from "./fake-machine.ts";
import { ask, askJson, faults, serveStore } from "./support/served-store.ts";

const scratch = new Scratch();
let sample: Sample;
let folder: string;
let server: RunningServer;

beforeAll(async () => {
  sample = await makeSample(scratch.next("organisation"));
  folder = scratch.next();
  await importInto(folder, { home: sample.home, repositories: Object.values(sample.repositories) });
  const assets = scratch.next("web");
  mkdirSync(join(assets, "assets"));
  writeFileSync(join(assets, "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(assets, "assets/main-Ab3dEf9h.js"), `${"export {};".repeat(200)}`);
  server = await serveStore(folder, { assetsDir: assets });
}, 120_000);

afterAll(async () => {
  await server.close();
  scratch.remove();
  expect(faults).toEqual([]);
});

/** The same command line, on the same store. */
async function cli(...args: readonly string[]): Promise<string> {
  const { out, err, code } = await runWith(args, { machine: { openAssay: async () => openStore(folder) } });
  expect([code, err]).toEqual([0, ""]);
  return out;
}

const encoded = (query: unknown): string => encodeURIComponent(JSON.stringify(query));
const sumOf = (amounts: Iterable<string>): bigint => [...amounts].reduce((sum, nano) => sum + BigInt(nano), 0n);

async function allPages<Row>(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor = "";
  for (;;) {
    const page = await askJson<Page<Row>>(server, `${path}${cursor}`);
    rows.push(...page.rows);
    if (page.next === null) {
      expect(rows.length).toBe(page.total);
      return rows;
    }
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

describe("the API", () => {
  it("gives the answer `assay report --format json` gives", async () => {
    expect(await askJson(server, "/api/answer")).toEqual(JSON.parse(await cli("report", "--format", "json")));
    expect(await askJson(server, "/api/answer?asOf=2026-09-15")).toEqual(
      JSON.parse(await cli("report", "--format", "json", "--as-of", "2026-09-15")),
    );
  });

  it("answers of days as the report does, and the days before and after add up to all", async () => {
    const whole = await askJson<Answer>(server, "/api/answer");
    const [first = "", last = ""] = [whole.period.from ?? "", whole.period.to ?? ""];
    const middle = new Date((Date.parse(first) + Date.parse(last)) / 2).toISOString().slice(0, 10);
    const next = new Date(Date.parse(middle) + 86_400_000).toISOString().slice(0, 10);
    const before = await askJson<Answer>(server, `/api/answer?to=${middle}`);
    const after = await askJson<Answer>(server, `/api/answer?from=${next}`);
    expect(JSON.parse(await cli("report", "--to", middle, "--json"))).toEqual(before);
    expect(BigInt(before.spendNanoUsd) > 0n && BigInt(after.spendNanoUsd) > 0n).toBe(true);
    for (const { residualNanoUsd } of [before, after]) expect(residualNanoUsd).toBe("0");
    expect(sumOf([before.spendNanoUsd, after.spendNanoUsd])).toBe(BigInt(whole.spendNanoUsd));
    expect(before.changesLanded + after.changesLanded).toBe(whole.changesLanded);
    expect(sumOf(before.weeks.map(({ nanoUsd }) => nanoUsd))).toBe(BigInt(before.spendNanoUsd));
    const commits = (answer: Answer): number => answer.repositories.reduce((sum, repository) => sum + repository.commits, 0);
    expect(commits(before) + commits(after)).toBe(commits(whole));
    expect([(before.period.to ?? "") <= middle, (after.period.from ?? "") >= next]).toEqual([true, true]);
  });

  it("tells delivery, survival, returns and costs as their commands do", async () => {
    for (const name of ["delivery", "survival", "returns", "costs"])
      expect([name, await askJson(server, `/api/${name}`)]).toEqual([name, JSON.parse(await cli(name, "--json")) as unknown]);
    expect(await askJson(server, "/api/survival?days=5,30&by=none")).toEqual(
      JSON.parse(await cli("survival", "--days", "5,30", "--by", "none", "--json")),
    );
  });

  it("answers a query as `assay query --json` does, asked by address or by body, as JSON and as CSV", async () => {
    const query = {
      measures: ["spend", "bought_share"],
      by: ["model"],
      grain: "month",
      range: { from: "2026-09-01", to: "2026-10-31" },
    } as const;
    const args = ["query", "spend", "bought_share", "--by", "model", "--grain", "month", "--range", "2026-09-01..2026-10-31"];
    const wanted = JSON.parse(await cli(...args, "--json")) as MeasureResult;
    expect(wanted.rows.length).toBeGreaterThan(3);
    const limits = { rows: 1_000, truncated: false, timeMs: 30_000 };
    expect(await askJson(server, `/api/query?q=${encoded(query)}`)).toEqual({ ...wanted, limits });
    const posted = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(query) };
    expect(await askJson(server, "/api/query", posted)).toEqual({ ...wanted, limits });
    const csv = await ask(server, `/api/query?format=csv&q=${encoded(query)}`);
    expect(csv.headers.get("content-type")).toContain("text/csv");
    expect(await csv.text()).toBe(await cli(...args, "--format", "csv"));
  });

  it("asks as of an instant, with the fates of that instant, as `--as-of` does", async () => {
    const args = ["query", "spend", "--by", "fate", "--as-of", "2026-09-15", "--json"];
    const wanted = JSON.parse(await cli(...args)) as MeasureResult;
    const query = { measures: ["spend"], by: ["fate"], asOf: "2026-09-15T23:59:59.999Z" };
    expect(await askJson(server, `/api/query?q=${encoded(query)}`)).toMatchObject(wanted);
    const now = await askJson<MeasureResult>(server, `/api/query?q=${encoded({ ...query, asOf: null })}`);
    expect(now.rows).not.toEqual(wanted.rows);
  });

  it("takes the time zone of assay.yaml where none is asked, as soon as it says one", async () => {
    const query = { measures: ["spend"], grain: "day" };
    const posted = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(query) };
    const zones = async () => [
      (await askJson<MeasureResult>(server, `/api/query?q=${encoded(query)}`)).query.timeZone,
      (await askJson<MeasureResult>(server, "/api/query", posted)).query.timeZone,
    ];
    expect(await zones()).toEqual(["UTC", "UTC"]);
    writeFileSync(join(folder, "assay.yaml"), "time_zone: Pacific/Auckland\n");
    expect(await zones()).toEqual(["Pacific/Auckland", "Pacific/Auckland"]);
    rmSync(join(folder, "assay.yaml"));
    expect(await zones()).toEqual(["UTC", "UTC"]);
  });

  it("gives the same table as Parquet, money exactly", async () => {
    const query = { measures: ["spend", "bought_share"], by: ["model"] };
    const result = await askJson<MeasureResult>(server, `/api/query?q=${encoded(query)}`);
    const file = join(scratch.next("parquet"), "table.parquet");
    writeFileSync(file, Buffer.from(await (await ask(server, `/api/query?format=parquet&q=${encoded(query)}`)).arrayBuffer()));
    const database = await Database.open(":memory:");
    const rows = await database.all(`SELECT model, spend::VARCHAR AS spend, bought_share FROM '${file}'`);
    database.close();
    expect(rows).toEqual(result.rows);
  });

  it("says when the cap on rows bit", async () => {
    const query = { measures: ["spend"], by: ["session"], limit: 3 };
    const result = await askJson<MeasureResult & { limits: unknown }>(server, `/api/query?q=${encoded(query)}`);
    expect(result.limits).toEqual({ rows: 3, truncated: true, timeMs: 30_000 });
    const csv = await ask(server, `/api/query?format=csv&q=${encoded(query)}`);
    expect(JSON.parse(csv.headers.get("x-assay-limits") ?? "null")).toEqual(result.limits);
    const small = await serveStore(folder, { rows: 2 });
    const capped = await askJson<typeof result>(small, `/api/query?q=${encoded({ ...query, limit: 50 })}`);
    expect([capped.rows.length, capped.limits]).toEqual([2, { rows: 2, truncated: true, timeMs: 30_000 }]);
    await small.close();
  });

  it("stops a question that takes too long, says so, and goes on answering", async () => {
    const hasty = await serveStore(folder, { timeMs: 1 });
    const slow = { measures: ["spend", "fate_share", "fate_low_share", "fate_high_share"], by: ["session", "fate"] };
    const failed = await ask(hasty, `/api/query?q=${encoded(slow)}`);
    expect(failed.status).toBe(503);
    expect(await failed.json()).toMatchObject({ code: "time_limit", hint: expect.stringContaining("--time-limit") as string });
    expect((await ask(hasty, "/api/catalogue")).status).toBe(200);
    await hasty.close();
  });

  it("answers every route of the contract that is read with what its schema promises", async () => {
    const answer = await askJson<Answer>(server, "/api/answer");
    const repository = answer.repositories[0]?.name ?? "";
    const [top] = answer.topChanges;
    const change = `/api/changes/${encodeURIComponent(`${top?.repository}${top?.change}`)}`;
    const commit = (await askJson<{ commits: string[] }>(server, change)).commits[0];
    const asked: Readonly<Record<string, string>> = {
      query: `/api/query?q=${encoded({ measures: ["spend"] })}`,
      explain: "/api/explain/stuck",
      session: `/api/sessions/${answer.topSessions[0]?.session}`,
      change,
      commit: `/api/commits/${commit}`,
      files: `/api/files?repository=${encodeURIComponent(repository)}`,
      file: `/api/files/${encodeURIComponent(repository)}?path=README.md`,
      importEvents: "",
    };
    for (const [id, route] of Object.entries(routes) as [string, RouteContract][]) {
      if (route.method !== "get" || route.answer === null) continue;
      const response = await ask(server, asked[id] ?? route.path);
      const body: unknown = await response.json();
      expect([id, response.status]).toEqual([id, 200]);
      // What a schema does not name it leaves out: equal means that nothing was.
      expect(route.answer.parse(body), id).toEqual(body);
    }
  });

  it("tells sessions whose money adds up to the spend, and pages neither repeat nor leave out one", async () => {
    const answer = await askJson<Answer>(server, "/api/answer");
    for (const sort of ["spend", "started:asc", "usages", "tokens"]) {
      const sessions = await allPages<SessionRow>(`/api/sessions?limit=17&sort=${sort}`);
      expect(new Set(sessions.map(({ session }) => session)).size).toBe(answer.sessions);
      expect(sumOf(sessions.map(({ spendNanoUsd }) => spendNanoUsd ?? "0"))).toBe(BigInt(answer.spendNanoUsd));
      expect(sessions.reduce((sum, { usages }) => sum + usages, 0)).toBe(answer.usages);
      for (const { spendNanoUsd, byRollUp } of sessions) expect(sumOf(Object.values(byRollUp))).toBe(BigInt(spendNanoUsd ?? 0));
    }
    const dearest = await allPages<SessionRow>("/api/sessions?limit=50");
    expect(dearest.slice(0, 5).map(({ session }) => session)).toEqual(answer.topSessions.slice(0, 5).map(({ session }) => session));
  });

  it("tells the strands behind a fate, a model and a month, and they add up to the number they are behind", async () => {
    const where = [
      { dimension: "fate", values: ["stuck", "rework"] },
      { dimension: "model", values: ["claude-opus-4-6"] },
    ];
    const query = { measures: ["spend"], where, range: { from: "2026-09-01", to: "2026-09-30" } };
    const number = await askJson<MeasureResult>(server, `/api/query?q=${encoded(query)}`);
    const path = "/api/strands?fate=stuck&fate=rework&model=claude-opus-4-6&from=2026-09-01&to=2026-09-30&limit=100";
    const strands = await allPages<ListedStrand>(path);
    expect(strands.length).toBeGreaterThan(100);
    expect(sumOf(strands.map(({ nanoUsd }) => nanoUsd))).toBe(BigInt(number.rows[0]?.["spend"] ?? 0));
    expect(new Set(strands.map(({ fate }) => fate))).toEqual(new Set(["stuck", "rework"]));
    const same = await allPages<ListedStrand>(`/api/strands?limit=1000&from=2026-09-01&to=2026-09-30&where=${encoded(where)}`);
    expect(same).toEqual(strands);
    const all = await allPages<ListedStrand>("/api/strands?limit=1000");
    const answer = await askJson<Answer>(server, "/api/answer");
    expect(sumOf(all.map(({ nanoUsd }) => nanoUsd))).toBe(BigInt(answer.spendNanoUsd));
  });

  it("tells changes as `show change` tells each", async () => {
    const changes = await allPages<ChangeRow>("/api/changes?limit=40&sort=spend");
    expect(changes.filter(({ landedAt }) => landedAt !== null).length).toBe((await askJson<Answer>(server, "/api/answer")).changesLanded);
    const [own = ""] = new Set(changes.map(({ repository }) => repository));
    const ofRepository = await allPages<ChangeRow>(
      `/api/changes?limit=40&sort=spend&repository=${encodeURIComponent(own)}&change_kind=direct`,
    );
    expect(ofRepository).toEqual(changes.filter(({ repository, changeKind }) => repository === own && changeKind === "direct"));
    const inSeptember = await allPages<ChangeRow>("/api/changes?limit=40&from=2026-09-01&to=2026-09-30");
    const isInSeptember = ({ landedAt }: ChangeRow): boolean => landedAt?.startsWith("2026-09-") === true;
    expect(new Set(inSeptember.map(({ change }) => change))).toEqual(new Set(changes.filter(isInSeptember).map(({ change }) => change)));
    const stuck = await allPages<ChangeRow>(`/api/changes?limit=40&where=${encoded([{ dimension: "roll_up", values: ["bought"] }])}`);
    expect(stuck.length).toBeGreaterThan(10);
    for (const { spendNanoUsd, byRollUp } of stuck) expect(spendNanoUsd).toBe(byRollUp["bought"]);
    for (const row of changes.slice(0, 3)) {
      const card = await askJson<{ spendNanoUsd: string; commits: string[]; sessions: unknown[] }>(
        server,
        `/api/changes/${encodeURIComponent(`${row.changeKind === "direct" ? "" : row.repository}${row.change}`)}`,
      );
      expect([row.spendNanoUsd, row.commits, row.sessions]).toEqual([card.spendNanoUsd, card.commits.length, card.sessions.length]);
    }
  });

  it("tells files whose money is that of `show file`", async () => {
    const repository = (await askJson<Answer>(server, "/api/answer")).repositories[0]?.name ?? "";
    const files = await allPages<FileRow>(`/api/files?limit=1000&repository=${encodeURIComponent(repository)}`);
    const checked: string[] = [];
    for (const row of files.slice(0, 8)) {
      const response = await ask(server, `/api/files/${encodeURIComponent(repository)}?path=${encodeURIComponent(row.path)}`);
      if (response.status === 404) continue; // not in HEAD
      const { file } = (await response.json()) as { file: FileCard };
      if (file.earlierPaths.length > 0) continue; // of all its names together
      checked.push(row.path);
      expect([row.path, row.spendNanoUsd, row.linesLanded, row.linesAlive]).toEqual([
        row.path,
        file.spendNanoUsd,
        file.linesLanded,
        file.linesAlive,
      ]);
    }
    expect(checked.length).toBeGreaterThan(3);
  });

  it("refuses what it does not know with a code and a hint, and shows no stack", async () => {
    const cases: readonly [string, number, string][] = [
      ["/api/nothing", 404, "unknown_route"],
      ["/api/sessions/nobody", 404, "unknown_session"],
      ["/api/sessions?colour=red", 400, "unknown_parameter"],
      ["/api/sessions?sort=colour", 400, "bad_parameters"],
      ["/api/sessions?cursor=abc", 400, "bad_cursor"],
      ["/api/answer?asOf=yesterday", 400, "bad_as_of"],
      [`/api/query?q=${encoded({ measures: ["spnd"] })}`, 400, "unknown_measure"],
      ["/api/query?q=%7B", 400, "bad_query"],
      ["/api/files?repository=nowhere", 404, "unknown_repository"],
    ];
    for (const [path, status, code] of cases) {
      const response = await ask(server, path);
      expect([path, response.status, response.headers.get("content-type")]).toEqual([path, status, "application/problem+json"]);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ status, code });
      expect(text).not.toMatch(/ at |\.ts:/);
    }
    const cursor = (await askJson<Page<unknown>>(server, "/api/sessions?limit=1")).next;
    expect(await askJson(server, `/api/sessions?sort=started&cursor=${cursor}`)).toMatchObject({ code: "bad_cursor" });
  });

  it("spares a reader what it has: 304 while the store is the same", async () => {
    const first = await ask(server, "/api/answer");
    const etag = first.headers.get("etag") ?? "";
    expect((await ask(server, "/api/answer", { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await ask(server, "/api/sources", { headers: { "if-none-match": etag } })).status).toBe(200);
    expect((await ask(server, "/api/answer?asOf=2026-09-01", { headers: { "if-none-match": etag } })).status).toBe(200);
  });

  it("packs what is long", async () => {
    const packed = await ask(server, "/api/answer", { headers: { "accept-encoding": "gzip" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(((await packed.json()) as Answer).residualNanoUsd).toBe("0");
  });

  it("saves views, lists them, forgets them, and derives nothing anew for it", async () => {
    const view = { name: "By model", query: "/explore?measures=spend&by=model" };
    const saved = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(view) };
    const shown = { ...view, savedAt: "2026-11-01T00:00:00.000Z" };
    expect(await askJson(server, "/api/views", saved)).toEqual(shown);
    expect(await askJson(server, "/api/views", saved)).toEqual(shown);
    expect(await askJson(server, "/api/views")).toEqual([shown]);
    const summary = await importInto(folder, { home: sample.home, repositories: Object.values(sample.repositories) });
    expect(summary.changed).toBe(false);
    expect((await ask(server, "/api/views?name=By%20model", { method: "DELETE" })).status).toBe(204);
    expect(await askJson(server, "/api/views?name=By%20model", { method: "DELETE" })).toMatchObject({ code: "unknown_view" });
    expect(await askJson(server, "/api/views")).toEqual([]);
  });

  it("serves the page's files, and the page itself at its own places", async () => {
    const script = await ask(server, "/assets/main-Ab3dEf9h.js");
    expect(script.headers.get("content-type")).toContain("text/javascript");
    expect(script.headers.get("cache-control")).toContain("immutable");
    for (const place of ["/", "/explore?by=model", "/sessions/abc"]) {
      const page = await ask(server, place);
      expect([page.status, await page.text()]).toEqual([200, "<!doctype html><title>page</title>"]);
      expect(page.headers.get("cache-control")).toBe("no-cache");
    }
    for (const other of ["/assets/other.js", "/..%2f..%2fpackage.json", "/%2e%2e/facts.duckdb"])
      expect((await ask(server, other)).status).toBe(404);
  });

  it("answers while another process writes the facts, and says what has to wait", async () => {
    const waiting = await serveStore(folder);
    const answer = await askJson<Answer>(waiting, "/api/answer");
    const script = `const { DuckDBInstance } = await import("@duckdb/node-api");
      const instance = await DuckDBInstance.create(${JSON.stringify(join(folder, "facts.duckdb"))});
      const connection = await instance.connect(); await connection.run("CREATE OR REPLACE TABLE held AS SELECT 1 AS one");
      await connection.run("DROP TABLE held; CHECKPOINT"); console.log("held"); setInterval(() => {}, 1_000);`;
    const writer = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: join(import.meta.dirname, "../..") });
    await new Promise((resolve) => writer.stdout.once("data", resolve));
    expect(await askJson(waiting, "/api/answer")).toEqual(answer);
    expect((await ask(waiting, `/api/query?q=${encoded({ measures: ["spend"], by: ["agent"] })}`)).status).toBe(200);
    const busy = await ask(waiting, "/api/views");
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await busy.json()).toMatchObject({ code: "store_busy" });
    const gone = new Promise((resolve) => writer.once("exit", resolve));
    writer.kill("SIGKILL");
    await gone;
    expect((await ask(waiting, "/api/views")).status).toBe(200);
    await waiting.close();
  });

  it("tells an import as it goes, and shows what it brought", async () => {
    const own = scratch.next();
    await importInto(own, { home: homeWith(scratch, sample, (_, place) => place % 8 === 0), repositories: [] });
    const more = homeWith(scratch, sample, (_, place) => place % 8 < 2);
    const growing = await serveStore(own, {
      runImport: async (progress, signal) => await openStore(own).import({ home: more, repositories: [], progress, signal }),
    });
    const before = await askJson<Answer>(growing, "/api/answer");
    const { etag } = Object.fromEntries((await ask(growing, "/api/answer")).headers) as { etag: string };
    const begun = await askJson<ImportStatus>(growing, "/api/imports", { method: "POST" });
    expect(begun.state).toBe("running");
    expect((await askJson<ImportStatus>(growing, "/api/imports", { method: "POST" })).id).toBe(begun.id);
    const events = (await (await ask(growing, `/api/imports/${begun.id}/events`)).text()).trim().split("\n\n");
    const states = events.map((event) => JSON.parse(event.split("\ndata: ")[1] ?? "null") as ImportStatus);
    expect(states.some(({ step }) => step !== null)).toBe(true);
    expect(events.at(-1)).toMatch(/^event: end\n/);
    const last = states.at(-1);
    expect([last?.state, last?.message]).toEqual(["done", null]);
    const answer = await ask(growing, "/api/answer", { headers: { "if-none-match": etag } });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as Answer).usages).toBe(before.usages + (last?.summary?.newUsages ?? 0));
    expect(last?.summary?.newUsages).toBeGreaterThan(0);
    expect(await askJson<ImportStatus[]>(growing, "/api/imports")).toEqual([last]);
    await growing.close();
  });
});
