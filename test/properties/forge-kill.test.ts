/** An import of a forge that is killed between two pages goes on where it was, and loses and doubles nothing. */
import { spawn, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dumpFacts } from "../../src/store/dump.ts";
import { readForgeHistory } from "../../src/store/forge-reader.ts";
import { FactStore } from "../../src/store/store.ts";
import { makeStore, Scratch } from "../scenarios/support/sample-store.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the project, so that DuckDB is found beside it. */
const built = join("node_modules", ".cache", `assay-forge-kill-${process.pid}`);
const scratch = new Scratch();
const pages = 6;
const perPage = 100;

const instant = (minute: number): string => new Date(Date.parse("2026-03-01T00:00:00Z") + minute * 60_000).toISOString();
const issues = Array.from({ length: pages * perPage - 50 }, (_, i) => ({
  number: i + 1,
  url: `https://api.github.com/repos/acme/yard/issues/${i + 1}`,
  state: "open",
  created_at: instant(i),
  updated_at: instant(i),
  closed_at: null,
  user: { login: "ada", type: "User" },
  labels: [],
}));

/** How many pages of issues were given since it was last set to 0; the one that is not given is held open. */
let given = 0;
let mostGiven = Number.POSITIVE_INFINITY;
let held: (() => void) | null = null;
let asked: string[] = [];
let server: Server;
let address = "";

/** Speaks as GitHub's issues do, in the order of their change, from `since` on. */
function reply(url: string, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, "http://x");
  if (pathname !== "/repos/acme/yard/issues") {
    response.writeHead(pathname.endsWith("/graphql") ? 200 : 404).end(JSON.stringify({ data: { repository: null } }));
    return;
  }
  asked.push(url);
  if (given >= mostGiven) {
    held?.(); // never answered: the import waits here, and is killed
    return;
  }
  given++;
  const since = searchParams.get("since");
  const found = issues.filter(({ updated_at }) => since === null || Date.parse(updated_at) >= Date.parse(since));
  const page = Number(searchParams.get("page") ?? 1);
  response.writeHead(200).end(JSON.stringify(found.slice((page - 1) * perPage, page * perPage)));
}

beforeAll(async () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", built], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  server = createServer((request, response) =>
    reply(
      request.url ?? "",
      response.on("error", () => {}),
    ),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(join(root, built), { recursive: true, force: true });
  scratch.remove();
});

async function storeOfForge(): Promise<string> {
  const store = await makeStore(scratch.next());
  writeFileSync(join(store, "assay.yaml"), `forges:\n  - kind: github\n    address: ${address}\n    repositories: [acme/yard]\n`);
  return store;
}

/** Imports in a process of its own, killed when so many pages of issues were given and one more is asked for. @returns how it ended */
async function importForge(store: string, killAfterPages: number | null): Promise<number | NodeJS.Signals | null> {
  [given, mostGiven, asked] = [0, killAfterPages ?? Number.POSITIVE_INFINITY, []];
  const args = [join(root, built, "assay.js"), "import", "--no-home", "--store", store];
  const child = spawn(process.execPath, args, { env: { PATH: process.env["PATH"] ?? "" }, stdio: "ignore" });
  held = () => void child.kill("SIGKILL");
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ?? code));
  });
}

async function dumpOf(store: string): Promise<string[]> {
  const facts = await FactStore.open(store, { readOnly: true });
  try {
    return await dumpFacts(facts);
  } finally {
    facts.close();
  }
}

async function issuesIn(store: string): Promise<number> {
  const facts = await FactStore.open(store);
  try {
    return (await readForgeHistory(facts, "github.com/acme/yard"))?.issues.length ?? 0;
  } finally {
    facts.close();
  }
}

it("killed between pages, once and again, it ends with what an import has that nobody killed", async () => {
  const whole = await storeOfForge();
  expect(await importForge(whole, null)).toBe(0);
  expect(await issuesIn(whole)).toBe(issues.length);

  const killed = await storeOfForge();
  expect(await importForge(killed, 2)).toBe("SIGKILL");
  expect(await issuesIn(killed), "two pages were told, and each is in the store with the place behind it").toBe(2 * perPage - 1); // a page begins with the last of the one before
  expect(await importForge(killed, 1)).toBe("SIGKILL");
  expect(new URL(asked[0] ?? "", "http://x").searchParams.get("since"), "it goes on behind the second page").not.toBeNull();
  const between = await issuesIn(killed);
  expect(between).toBeGreaterThanOrEqual(2 * perPage - 1);
  expect(between).toBeLessThan(issues.length);
  expect(await importForge(killed, null)).toBe(0);
  expect(await issuesIn(killed)).toBe(issues.length);
  expect(await dumpOf(killed)).toEqual(await dumpOf(whole));
}, 120_000);
