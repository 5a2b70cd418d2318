/** Who may ask: names, origins, the owner's token; and what a browser is told to forbid. */
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RouteContract, routes } from "../../src/contract/api-routes.ts";
import type { RunningServer } from "../../src/surfaces/http/server.ts";
import { Scratch, importInto } from "../scenarios/support/sample-store.ts";
import { ask, faults, serveStore } from "./support/served-store.ts";

const scratch = new Scratch();
let folder: string;
let local: RunningServer;
let open: RunningServer;
let clock = Date.UTC(2026, 10, 1);

beforeAll(async () => {
  folder = scratch.next();
  await importInto(folder, { home: scratch.next("home") });
  local = await serveStore(folder);
  open = await serveStore(folder, { host: "0.0.0.0", now: () => clock });
}, 120_000);

afterAll(async () => {
  await local.close();
  await open.close();
  scratch.remove();
  expect(faults).toEqual([]);
});

/** A request with headers that `fetch` does not let anybody set. */
function raw(server: RunningServer, method: string, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: server.port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

/** A path of a route, its parts filled in. */
const pathOf = ({ path }: RouteContract): string => path.replaceAll(/\{\w+\+?\}/g, "x");
const all = Object.values(routes) as readonly RouteContract[];

describe("on loopback", () => {
  it("answers without a token, and made none", async () => {
    expect(local.madeToken).toBe(null);
    expect((await ask(local, "/api/stored")).status).toBe(200);
  });

  it("serves only names of loopback: another site's name that leads here is refused", async () => {
    const port = `:${local.port}`;
    for (const host of [`localhost${port}`, `127.0.0.1${port}`, `[::1]${port}`, "localhost"])
      expect([host, await raw(local, "GET", "/api/health", { host })]).toEqual([host, 200]);
    for (const host of [`evil.example${port}`, `localhost.evil.example${port}`, `127.0.0.1.evil.example`, `10.0.0.1${port}`])
      expect([host, await raw(local, "GET", "/api/health", { host })]).toEqual([host, 403]);
  });

  it("lets pages of other sites change nothing and ask nothing", async () => {
    const own = `http://127.0.0.1:${local.port}`;
    const host = `127.0.0.1:${local.port}`;
    const cases: readonly [string, string, Readonly<Record<string, string>>, number][] = [
      ["POST", "/api/imports", { origin: own }, 202],
      ["POST", "/api/imports", {}, 202],
      ["POST", "/api/imports", { origin: "http://evil.example" }, 403],
      ["POST", "/api/imports", { origin: "null" }, 403],
      ["POST", "/api/imports", { origin: `http://localhost:${local.port}` }, 403],
      ["POST", "/api/imports", { "sec-fetch-site": "cross-site" }, 403],
      ["DELETE", "/api/views?name=x", { origin: "http://evil.example" }, 403],
      ["GET", "/api/stored", { "sec-fetch-site": "cross-site" }, 403],
      ["GET", "/api/stored", { "sec-fetch-site": "same-origin" }, 200],
      ["GET", "/api/stored", { "sec-fetch-site": "none" }, 200],
      ["GET", "/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 200],
    ];
    for (const [method, path, headers, status] of cases)
      expect([method, path, headers, await raw(local, method, path, { host, ...headers })]).toEqual([method, path, headers, status]);
  });

  it("takes a body as JSON alone, and none that is too large", async () => {
    const body = JSON.stringify({ name: "x", query: "/" });
    expect((await ask(local, "/api/views", { method: "POST", body, headers: { "content-type": "text/plain" } })).status).toBe(415);
    const large = JSON.stringify({ name: "x", query: "/".repeat(2_000_000) });
    expect((await ask(local, "/api/views", { method: "POST", body: large, headers: { "content-type": "application/json" } })).status).toBe(
      413,
    );
  });

  it("tells the browser to run nothing but the page's own scripts, and to be framed by nobody", async () => {
    for (const path of ["/", "/api/stored", "/api/nothing"]) {
      const { headers } = await ask(local, path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });

  it("takes the next free port where one is taken", async () => {
    const other = await serveStore(folder, { port: local.port });
    expect(other.port).toBeGreaterThan(local.port);
    expect((await ask(other, "/api/health")).status).toBe(200);
    await other.close();
  });
});

describe("off loopback", () => {
  const token = (): string => open.madeToken ?? "";

  it("makes a token once, keeps its hash alone, and takes it again after a restart", async () => {
    expect(token()).toMatch(/^assay_[\w-]{43}$/);
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
      if (!name.endsWith(".duckdb")) expect(readFileSync(join(folder, name), "utf8")).not.toContain(token());
    const again = await serveStore(folder, { host: "0.0.0.0" });
    expect(again.madeToken).toBe(null);
    expect((await ask(again, "/api/stored", { headers: { authorization: `Bearer ${token()}` } })).status).toBe(200);
    await again.close();
  });

  it("refuses every route but the public ones to who shows no token, or another", async () => {
    expect(all.filter(({ role }) => role === "public").map(({ path }) => path)).toEqual(["/api/health"]);
    for (const route of all) {
      const wanted = route.role === "public" ? 200 : 401;
      const init = { method: route.method.toUpperCase() };
      expect([route.method, route.path, (await ask(open, pathOf(route), init)).status]).toEqual([route.method, route.path, wanted]);
    }
    expect((await ask(open, "/api/nothing")).status).toBe(401);
    expect((await ask(open, "/api/stored", { headers: { authorization: "Bearer assay_wrong" } })).status).toBe(401);
    expect((await ask(open, "/api/stored", { headers: { cookie: "assay_session=wrong" } })).status).toBe(401);
    expect((await ask(open, "/index.html")).status).toBe(401);
  });

  it("lets every route pass for who shows it: what is refused then is refused for another reason", async () => {
    for (const route of all) {
      const init = { method: route.method.toUpperCase(), headers: { authorization: `Bearer ${token()}` } };
      expect([route.path, [401, 403].includes((await ask(open, pathOf(route), init)).status)]).toEqual([route.path, false]);
    }
  });

  it("changes the token for a cookie that scripts and other sites do not get, until it is logged out", async () => {
    const home = await ask(open, "/", { headers: { accept: "text/html" } });
    expect([home.status, home.headers.get("location")]).toEqual([303, "/login"]);
    const form = (value: string) => ({ method: "POST", body: new URLSearchParams({ token: value }) });
    const refused = await ask(open, "/login", form("assay_wrong"));
    expect([refused.status, refused.headers.get("set-cookie")]).toEqual([401, null]);
    const taken = await ask(open, "/login", form(token()));
    const cookie = taken.headers.get("set-cookie") ?? "";
    expect(taken.status).toBe(303);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(token());
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await ask(open, "/api/stored", { headers })).status).toBe(200);
    await ask(open, "/logout", { method: "POST", headers });
    expect((await ask(open, "/api/stored", { headers })).status).toBe(401);
  });

  it("makes who guesses wait, and never who has the token", async () => {
    clock += 3_600_000;
    const guess = async (bearer: string) => (await ask(open, "/api/stored", { headers: { authorization: `Bearer ${bearer}` } })).status;
    for (let n = 0; n < 10; n++) expect(await guess(`assay_${n}`)).toBe(401);
    expect(await guess("assay_10")).toBe(429);
    expect(await guess(token())).toBe(200);
    clock += 61_000;
    expect(await guess("assay_11")).toBe(401);
  });
});

describe("a folder without a store", () => {
  it("is said to have none, with what to do", async () => {
    const empty = scratch.next();
    mkdirSync(empty, { recursive: true });
    const server = await serveStore(empty);
    const response = await ask(server, "/api/answer");
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ code: "no_store", hint: expect.stringContaining("assay import") as string }),
    ]);
    await server.close();
  });
});
