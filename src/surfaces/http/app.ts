import { createHash } from "node:crypto";
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import type { z } from "zod";
import { type RouteContract, type RouteId, loginPath, logoutPath, routes } from "../../contract/api-routes.ts";
import { UserError } from "../../contract/errors.ts";
import type { Assets } from "./assets.ts";
import { failureOf, failureResponse } from "./failures.ts";
import { type Access, requireHost, requireOwnOrigin, securityHeaders } from "./guard.ts";
import { type Reply, type Served, handlers } from "./handlers.ts";
import { loginPage, notBuiltPage } from "./pages.ts";
import { Replies, type SentReply } from "./replies.ts";

export interface HttpOptions extends Served {
  readonly assets: Assets;
  readonly access: Access;
  readonly onLoopback: boolean;
  /** Told what failed without anybody's fault but ours: with its stack, under the id the caller was given. */
  onFault(id: string, error: Error): void;
}

const mostBodyBytes = 1_000_000;

/** The whole HTTP surface: guards, the routes of the contract, the page's files. */
export function httpApp(options: HttpOptions): Hono {
  const app = new Hono();
  const replies = new Replies();
  app.onError((error) => failed(error, options));
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
  });
  app.use(async (context, next) => {
    const header = (name: string): string | undefined => context.req.header(name);
    requireHost(header("host"), options.onLoopback);
    // A link from elsewhere to the page itself is no harm; to data it is never followed by a browser that shows it.
    const isPage = context.req.method === "GET" && header("sec-fetch-mode") === "navigate" && !context.req.path.startsWith("/api");
    if (!isPage)
      requireOwnOrigin({ method: context.req.method, host: header("host"), origin: header("origin"), site: header("sec-fetch-site") });
    await next();
  });
  app.use(compress({ threshold: 1_024 }));
  app.use(
    bodyLimit({
      maxSize: mostBodyBytes,
      onError: () => {
        const refused = failed(new UserError("body_too_large", "The request is too large."), options);
        refused.headers.set("connection", "close"); // the rest of the body is not read: nothing else can come on this connection
        return refused;
      },
    }),
  );
  for (const [id, route] of Object.entries(routes) as [RouteId, RouteContract][])
    app.on(route.method.toUpperCase(), honoPath(route.path), (context) => respond(context, id, route, options, replies));
  app.all("/api/*", (context) => {
    options.access.require("viewer", credentials(context));
    throw new UserError("unknown_route", `There is no ${context.req.method} ${context.req.path}.`, {
      hint: "GET /api/openapi.json lists all.",
    });
  });
  addLogin(app, options);
  app.get("*", (context) => page(context, options));
  app.notFound(() => failed(new UserError("unknown_route", "There is nothing here."), options));
  return app;
}

/** `{name+}` takes slashes too: names of repositories have them. */
const honoPath = (path: string): string => path.replace(/\{(\w+)\+\}/g, ":$1{.+}").replace(/\{(\w+)\}/g, ":$1");

const credentials = (context: Context) => ({ authorization: context.req.header("authorization"), cookie: context.req.header("cookie") });

async function respond(context: Context, id: RouteId, route: RouteContract, options: HttpOptions, replies: Replies): Promise<Response> {
  options.access.require(route.role, credentials(context));
  const posted = route.body === undefined ? undefined : await jsonBody(context);
  const answer = async (): Promise<Reply> => {
    const query = check(route.query, queryOf(context), "bad_parameters");
    const body = route.body === undefined ? undefined : check(route.body, posted, "bad_body");
    const handle = handlers[id] as (served: Served, asked: unknown) => Promise<Reply> | Reply; // of the same id as the route
    return await handle(options, { params: context.req.param(), query, body, posted });
  };
  const headers = { "cache-control": "private, no-cache" };
  if (route.ofStore !== true) return toResponse(await answer(), headers);
  const question = `${context.req.url} ${JSON.stringify(posted ?? null)}`;
  const etag = etagOf(options.assay.revision(), question);
  const has = context.req.header("if-none-match")?.split(/\s*,\s*/) ?? [];
  if (has.includes(etag)) return new Response(null, { status: 304, headers: { ...headers, etag } });
  // The store may become another while this is asked: what is told then is not what the ETag names.
  const isCurrent = (): boolean => etagOf(options.assay.revision(), question) === etag;
  const sent = await replies.get(etag, async () => sentReply(await answer()), isCurrent);
  return new Response(sent.bytes, { headers: { ...headers, etag, ...sent.headers } });
}

/** Weak: what is sent may be compressed. */
const etagOf = (revision: string, question: string): string =>
  `W/"${createHash("sha1")
    .update(`${revision} ${question.replace(/^\w+:\/\/[^/]*/, "")}`)
    .digest("hex")
    .slice(0, 20)}"`;

/** Parameters by name; a repeated one as a list. */
function queryOf(context: Context): Record<string, string | string[]> {
  const all = Object.entries(context.req.queries()).map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]);
  return Object.assign(Object.create(null) as Record<string, never>, Object.fromEntries(all)) as Record<string, string | string[]>;
}

async function jsonBody(context: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? ""))
    throw new UserError("not_json", "The body is no JSON.", { hint: "Send it with content-type: application/json." });
  try {
    return JSON.parse(await context.req.text());
  } catch (cause) {
    throw new UserError("not_json", "The body is no JSON.", { cause });
  }
}

/** @throws UserError that says what does not fit, place by place */
function check(schema: z.ZodType | undefined, value: unknown, code: string): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "all"}: ${message}`);
  throw new UserError(code, `This cannot be asked: ${issues.join("; ")}.`, { hint: "GET /api/openapi.json says what each route takes." });
}

function toResponse(reply: Reply, headers: Readonly<Record<string, string>>): Response {
  switch (reply.kind) {
    case "json":
    case "file": {
      const sent = sentReply(reply);
      const status = reply.kind === "json" ? (reply.status ?? 200) : 200;
      return new Response(sent.bytes, { status, headers: { ...headers, ...sent.headers } });
    }
    case "events":
      return new Response(reply.events, {
        headers: { ...headers, "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
      });
    case "nothing":
      return new Response(null, { status: 204, headers });
    default:
      return reply satisfies never;
  }
}

function sentReply(reply: Reply): SentReply {
  const encoder = new TextEncoder();
  if (reply.kind === "json") return { bytes: encoder.encode(JSON.stringify(reply.value)), headers: { "content-type": "application/json" } };
  if (reply.kind !== "file") throw new Error(`a reply of kind ${reply.kind} hangs on more than the store`);
  return {
    bytes: typeof reply.bytes === "string" ? encoder.encode(reply.bytes) : new Uint8Array(reply.bytes),
    headers: {
      "content-type": reply.type,
      "content-disposition": `attachment; filename="${reply.name}"`,
      "x-assay-limits": JSON.stringify(reply.limits),
    },
  };
}

function addLogin(app: Hono, options: HttpOptions): void {
  app.get(loginPath, () => html(loginPage(null), 200));
  app.post(loginPath, async (context) => {
    const token = new URLSearchParams(await context.req.text()).get("token") ?? "";
    try {
      return new Response(null, { status: 303, headers: { location: "/", "set-cookie": options.access.logIn(token.trim()) } });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const failure = failureOf(error, "");
      return html(loginPage(failure.message), failure.status);
    }
  });
  app.post(logoutPath, (context) => {
    const cookie = options.access.logOut(context.req.header("cookie"));
    return new Response(null, { status: 303, headers: { location: loginPath, "set-cookie": cookie } });
  });
}

function page(context: Context, { assets, access }: HttpOptions): Response {
  const isNavigation = context.req.header("accept")?.includes("text/html") === true;
  if (!access.isOwner(credentials(context))) {
    if (isNavigation) return new Response(null, { status: 303, headers: { location: loginPath } });
    access.require("viewer", credentials(context));
  }
  const path = decodePath(context.req.path);
  const found = assets.respond(path, {
    encodings: context.req.header("accept-encoding") ?? "",
    etag: context.req.header("if-none-match"),
  });
  if (found !== null) return found;
  if (!assets.isBuilt && path === "/") return html(notBuiltPage(), 200);
  throw new UserError("unknown_route", "There is no such file.");
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no valid encoding: a name no file has
  }
}

const html = (text: string, status: number): Response =>
  new Response(text, { status, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } });

function failed(error: unknown, { onFault }: Pick<HttpOptions, "onFault">): Response {
  const fault = error instanceof Error ? error : new Error(String(error));
  const id = createHash("sha1")
    .update(`${fault.name}${fault.stack?.split("\n").find((line) => line.trimStart().startsWith("at ")) ?? ""}`)
    .digest("hex")
    .slice(0, 8);
  const failure = failureOf(error, id);
  if (failure.code === "fault") onFault(id, fault);
  return failureResponse(failure, securityHeaders);
}
