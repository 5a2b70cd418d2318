import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dumpFacts } from "../store/dump.ts";
import { readForgeHistory } from "../store/forge-reader.ts";
import { FactStore } from "../store/store.ts";
import { askForges } from "./ask-forges.ts";
import { RepositoryAccess } from "./repository-access.ts";

/** One request as the server saw it. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
}

/** A forge on loopback: answers by `reply`, after the faults that were laid in its way. */
class LocalForge {
  readonly asked: Asked[] = [];
  readonly faults: Reply[] = [];
  reply: (asked: Asked) => Reply = () => ({ status: 404 });
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const asked = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    this.asked.push(asked);
    const { status = 200, headers = {}, json, text } = this.faults.shift() ?? this.reply(asked);
    response.writeHead(status, headers).end(text ?? (json === undefined ? "" : JSON.stringify(json)));
  }
}

let forge: LocalForge;
let address: string;
let folder: string;
let waits: number[];
beforeEach(async () => {
  forge = new LocalForge();
  address = await forge.start();
  folder = mkdtempSync(join(tmpdir(), "assay-ask-"));
  waits = [];
});
afterEach(async () => {
  await forge.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = async (name = "store"): Promise<FactStore> => await FactStore.open(join(folder, name));
const now = Date.parse("2026-03-10T00:00:00Z");

async function ask(
  store: FactStore,
  given: { signal?: AbortSignal; variables?: Record<string, string>; rules?: object; named?: object } = {},
): ReturnType<typeof askForges> {
  const wait = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  const named = { kind: "github" as const, address, repositories: ["acme/shop"], ...given.named };
  const context = {
    seenAt: 1_000,
    progress: () => {},
    signal: given.signal ?? new AbortController().signal,
    access: new RepositoryAccess(given.rules, {}),
  };
  return await askForges(
    store,
    [named],
    { network: { fetch, wait }, now: () => now, variables: given.variables ?? { GITHUB_TOKEN: "t0ken" } },
    context,
  );
}

async function dumpOf(store: FactStore): Promise<string[]> {
  const dump = await dumpFacts(store);
  store.close();
  return dump;
}

const minute = (n: number): string => new Date(Date.parse("2026-03-01T00:00:00Z") + n * 60_000).toISOString().replace(".000", "");

/** 250 things of a repository, every fifth a pull request; of thing 101 to 220 all were changed in one instant. */
const things = Array.from({ length: 250 }, (_, i) => {
  const number = i + 1;
  const updated = number > 100 && number <= 220 ? minute(101) : minute(number);
  const base = {
    number,
    state: "open",
    created_at: minute(0),
    updated_at: updated,
    closed_at: null,
    user: { login: "ada", type: "User" },
    labels: [],
  };
  const url = `https://api.github.com/repos/acme/shop/issues/${number}`;
  return number % 5 === 0 ? { ...base, url, pull_request: { url: url.replace("issues", "pulls") } } : { ...base, url };
});

/** Whether `since` leaves out what was changed in that very instant. */
let isExclusive = false;

/** Speaks as GitHub does: REST with `since`, pages and ETags, GraphQL by aliases. */
function github({ url, method, headers, body }: Asked): Reply {
  const { pathname, searchParams } = new URL(url, "http://x");
  if (pathname === "/repos/acme/shop/issues") {
    const since = searchParams.get("since");
    const found = things.filter((thing) => since === null || (isExclusive ? thing.updated_at > since : thing.updated_at >= since));
    const page = Number(searchParams.get("page") ?? 1);
    const json = found.slice((page - 1) * 100, page * 100);
    const etag = `"${json.map(({ number, updated_at }) => `${number}${updated_at}`).join("")}`.slice(0, 60) + '"';
    return headers["if-none-match"] === etag ? { status: 304 } : { json, headers: { etag } };
  }
  if (pathname === "/repos/acme/shop/releases") return headers["if-none-match"] === '"r"' ? { status: 304 } : releases(searchParams);
  if (pathname !== "/graphql" || method !== "POST") return { status: 404 };
  const { query, variables } = JSON.parse(body) as { query: string; variables: { after?: string | null } };
  const repository: Record<string, unknown> = { nameWithOwner: "acme/shop", url: "https://github.com/acme/shop" };
  for (const [, number] of query.matchAll(/p\d+: pullRequest\(number: (\d+)\)/g))
    repository[`p${number}`] = {
      number: Number(number),
      url: `https://github.com/acme/shop/pull/${number}`,
      title: "x",
      state: "OPEN",
      createdAt: minute(0),
      updatedAt: minute(1),
    };
  if (query.includes("deployments(")) repository["deployments"] = deployments(variables.after ?? null);
  return { json: { data: { repository } } };
}

const releases = (search: URLSearchParams): Reply => {
  const page = Number(search.get("page") ?? 1);
  const release = {
    url: `https://api.github.com/repos/acme/shop/releases/${page}`,
    tag_name: `v${page}`,
    draft: false,
    prerelease: false,
    created_at: minute(page),
    published_at: minute(page),
  };
  const next = { link: `<${address}/repos/acme/shop/releases?per_page=100&page=${page + 1}>; rel="next"` };
  return { json: [release], headers: { etag: '"r"', ...(page < 3 ? next : {}) } };
};

const deployments = (after: string | null): object => {
  const from = after === null ? 3 : Number(after);
  const node = {
    __typename: "Deployment",
    databaseId: from,
    environment: "production",
    commitOid: "c".repeat(40),
    createdAt: minute(from),
    statuses: { nodes: [{ state: "SUCCESS", createdAt: minute(from + 1) }] },
  };
  return { pageInfo: { hasNextPage: from > 1, endCursor: String(from - 1) }, nodes: [node] };
};

describe("asking GitHub", () => {
  it("reads every page of everything, and the next time only what is new", async () => {
    forge.reply = github;
    const store = await open();
    expect((await ask(store)).problems).toEqual([]);
    const history = await readForgeHistory(store, "github.com/acme/shop");
    expect([history?.issues.length, history?.changes.length, history?.releases.length, history?.deployments.length]).toEqual([
      200, 50, 3, 3,
    ]);
    expect(forge.asked.every(({ headers }) => headers.authorization === "Bearer t0ken")).toBe(true);
    const before = await dumpFacts(store);
    const first = forge.asked.length;
    await ask(store);
    const again = forge.asked.slice(first).map(({ url, headers }) => [url.replace(/\?.*/, ""), headers["if-none-match"] !== undefined]);
    expect(again, "from the newest thing known on").toEqual([
      ["/repos/acme/shop/issues", false],
      ["/graphql", false],
      ["/repos/acme/shop/releases", true],
      ["/graphql", false],
      ["/graphql", false],
      ["/graphql", false],
    ]);
    const second = forge.asked.length;
    await ask(store);
    expect(forge.asked[second]?.headers["if-none-match"], "nothing new costs no limit").toBeDefined();
    expect(forge.asked.slice(second).filter(({ url }) => url.includes("/issues"))).toHaveLength(1);
    expect(await dumpOf(store)).toEqual(before);
  });

  it("waits as limits ask, asks again after faults and half pages, and loses and doubles nothing", async () => {
    forge.reply = github;
    const whole = await open("whole");
    await ask(whole);
    waits = [];
    forge.faults.push(
      { status: 502, text: "<html>" },
      { status: 429, headers: { "retry-after": "7" } },
      {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1_000 + 30) },
        json: { message: "API rate limit exceeded" },
      },
      { status: 403, json: { message: "You have exceeded a secondary rate limit." } },
      { status: 200, text: '[{"number": 1, "upd' },
    );
    const store = await open();
    expect((await ask(store)).problems).toEqual([]);
    // 502: one second; then as told: seven; reset in 30 and one more; the fourth attempt of a minute doubled thrice; half a page: 16 s.
    expect(waits).toEqual([1_000, 7_000, 31_000, 480_000, 16_000]);
    expect(await dumpOf(store)).toEqual(await dumpOf(whole));
  });

  it("goes on after it was killed, behind the last page that was kept", async () => {
    forge.reply = github;
    const whole = await open("whole");
    await ask(whole);
    const abort = new AbortController();
    forge.asked.length = 0;
    forge.reply = (asked) => {
      if (forge.asked.filter(({ url }) => url.includes("/issues")).length === 2) abort.abort();
      return github(asked);
    };
    const store = await open();
    expect((await ask(store, { signal: abort.signal })).problems).toEqual([]);
    forge.reply = github;
    forge.asked.length = 0;
    await ask(store);
    expect(forge.asked[0]?.url).toContain(`since=${encodeURIComponent(minute(100).replace("01:40:00", "01:39:59"))}`);
    expect(await dumpOf(store)).toEqual(await dumpOf(whole));
  });

  it("misses nothing of an instant where a forge leaves that instant itself out", async () => {
    forge.reply = github;
    const whole = await open("whole");
    await ask(whole);
    isExclusive = true;
    const store = await open();
    await ask(store);
    isExclusive = false;
    expect(await dumpOf(store)).toEqual(await dumpOf(whole));
  });

  it("ends where a forge repeats a page", async () => {
    forge.reply = (asked) =>
      asked.url.startsWith("/repos/acme/shop/releases")
        ? {
            ...releases(new URLSearchParams("page=1")),
            headers: { link: `<${address}/repos/acme/shop/releases?per_page=100&page=2>; rel="next"` },
          }
        : github(asked);
    const store = await open();
    await ask(store);
    expect(forge.asked.filter(({ url }) => url.includes("/releases")).length).toBe(2);
    store.close();
  });

  it("tells a limit that is too long, a refusal and a forge that is down as notices, and reads what else there is", async () => {
    const store = await open();
    forge.reply = (asked) =>
      asked.url.includes("/issues")
        ? { status: 429, headers: { "retry-after": "3600" } }
        : asked.url.includes("/releases")
          ? { status: 404 }
          : { status: 503 };
    const { problems } = await ask(store);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["forge_rate_limited", "notice"],
      ["forge_refused", "notice"],
      ["forge_unavailable", "notice"],
    ]);
    expect(JSON.stringify(problems)).not.toContain("t0ken");
    store.close();
  });
});

describe("a token", () => {
  it("goes to no other host: not by a redirect, not by the address of a next page", async () => {
    const other = new LocalForge();
    const elsewhere = (await other.start()).replace("127.0.0.1", "localhost");
    for (const reply of [
      { status: 302, headers: { location: `${elsewhere}/steal` } },
      { json: [], headers: { link: `<${elsewhere}/steal>; rel="next"` } },
    ]) {
      forge.reply = () => reply;
      const store = await open(`store-${waits.length}-${reply.status ?? 200}`);
      expect((await ask(store)).problems.map(({ code }) => code)).toContain("forge_redirected");
      store.close();
    }
    expect(other.asked).toEqual([]);
    await other.stop();
  });

  it("is not given to another address than it went to first", async () => {
    forge.reply = github;
    const store = await open();
    await ask(store);
    const other = new LocalForge();
    const { problems } = await ask(store, { named: { address: await other.start() } });
    expect(problems.map(({ code }) => code)).toEqual(["forge_token_of_other_address"]);
    expect(other.asked).toEqual([]);
    await other.stop();
    const everything = await Promise.all(
      (await store.database.all("SELECT table_name FROM information_schema.tables")).map(async ({ table_name: table }) =>
        JSON.stringify(await store.database.all(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ${String(table)}`)),
      ),
    );
    expect(everything.join("")).not.toContain("t0ken");
    store.close();
  });

  it("is named in the configuration and must be there; nothing is asked of a denied repository", async () => {
    const store = await open();
    expect((await ask(store, { variables: {}, named: { token_variable: "MINE" } })).problems.map(({ code }) => code)).toEqual([
      "forge_no_token",
    ]);
    expect((await ask(store, { rules: { deny: ["127.0.0.1/acme/*"] } })).problems.map(({ code }) => code)).toEqual(["repository_denied"]);
    expect(forge.asked).toEqual([]);
    store.close();
  });

  it("of an app is asked for with a signed claim, once for an hour", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    forge.reply = (asked) =>
      asked.url === "/app/installations/58/access_tokens"
        ? { status: 201, json: { token: "ghs_1", expires_at: "2026-03-10T01:00:00Z" } }
        : github(asked);
    const store = await open();
    const { problems } = await ask(store, {
      variables: { KEY: key },
      named: { app: { id: "12", installation: "58", key_variable: "KEY" } },
    });
    expect(problems).toEqual([]);
    const [first, ...others] = forge.asked;
    const [header, claims, signature] = (first?.headers.authorization ?? "").replace("Bearer ", "").split(".") as [string, string, string];
    expect(createVerify("RSA-SHA256").update(`${header}.${claims}`).verify(publicKey, signature, "base64url")).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({ iss: "12", iat: now / 1_000 - 60, exp: now / 1_000 + 540 });
    expect(new Set(others.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer ghs_1"]));
    store.close();
  });
});

describe("asking GitLab", () => {
  const user = { username: "ada" };
  const merges = Array.from({ length: 3 }, (_, i) => ({
    iid: i + 1,
    state: "opened",
    title: "x",
    created_at: minute(0),
    updated_at: minute(i + 1),
    author: user,
    web_url: `https://gitlab.example.org/team/shop/-/merge_requests/${i + 1}`,
  }));
  const note = {
    id: 9,
    created_at: minute(5),
    updated_at: minute(5),
    noteable_type: "MergeRequest",
    noteable_iid: 1,
    system: false,
    author: user,
    resolvable: true,
    resolved: false,
    position: { new_path: "a.ts", new_line: 3, head_sha: "a".repeat(40) },
  };

  it("reads merge requests with their discussions, jobs newest first, and what is switched off as absent", async () => {
    forge.reply = ({ url, headers }) => {
      if (headers["private-token"] !== "glt") return { status: 401 };
      const path = url.replace(/\?.*/, "").replace("/api/v4/projects/team%2Fshop", "");
      if (path === "/merge_requests") return { json: merges };
      if (path === "/merge_requests/1/discussions") return { json: [{ id: "d1", notes: [note] }] };
      if (path === "/merge_requests/1/resource_state_events")
        return {
          json: [
            { state: "closed", created_at: minute(6), user },
            { state: "reopened", created_at: minute(7), user },
          ],
        };
      if (path === "/merge_requests/2/approvals") return { json: { iid: 2, approved_by: [{ user, approved_at: minute(8) }] } };
      if (path === "/jobs")
        return {
          json: [
            {
              id: 4,
              name: "test",
              status: "success",
              created_at: minute(1),
              started_at: minute(2),
              finished_at: minute(3),
              commit: { id: "b".repeat(40) },
            },
          ],
        };
      return ["/issues", "/deployments", "/releases"].includes(path) ? { json: [] } : { status: 404 };
    };
    const store = await open();
    const named = { kind: "gitlab", address: `${address}/api/v4`, repositories: ["team/shop"] };
    const variables = { GITLAB_TOKEN: "glt" };
    expect((await ask(store, { named, variables })).problems).toEqual([]);
    const history = await readForgeHistory(store, "127.0.0.1/team/shop");
    expect(history?.changes).toMatchObject([
      {
        number: 1,
        threads: [{ thread: "d1", path: "a.ts", firstLine: 3, resolved: false }],
        events: [{ event: "closed" }, { event: "reopened" }],
      },
      { number: 2, reviews: [{ verdict: "approved", reviewer: { login: "ada" } }] },
      { number: 3 },
    ]);
    expect(history?.checks).toMatchObject([{ check: "job:4", conclusion: "success" }]);
    const before = await dumpFacts(store);
    await ask(store, { named, variables });
    expect(await dumpOf(store)).toEqual(before);
  });
});
