/** Takes one delivery of a webhook: whoever calls answers with the status, after what is handed back was written. */
import type { ForgeFact } from "../../contract/forge-facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { readPagerduty } from "../events/pagerduty.ts";
import { text } from "../forge/fields.ts";
import type { Reading } from "../forge/reading.ts";
import * as github from "./github.ts";
import * as gitlab from "./gitlab.ts";
import { type Headers, isSignedByGithub, isSignedByGitlab, isSignedByPagerduty } from "./signature.ts";

export type Sender = "github" | "gitlab" | "pagerduty";

export interface WebhookRequest {
  /** Names in lower case. */
  readonly headers: Headers;
  /** As it came: a signature is of these bytes. */
  readonly body: Buffer;
}

export interface WebhookRules {
  /** Secrets by sender; several while one is exchanged for another. Without any a delivery is refused. */
  readonly secrets: Readonly<Partial<Record<Sender, readonly string[]>>>;
  /** The deliveries come from a file of the user's own: where there is no secret they are believed. */
  readonly trusted?: boolean;
  /** Whether a delivery was taken before. */
  isKnown(sender: Sender, delivery: string): boolean;
  /** UTC milliseconds; null where deliveries are of another time. */
  readonly now: number | null;
  /** What problems name as their place. */
  readonly locator: string;
}

export interface WebhookAnswer {
  /** HTTP status: 200 taken or taken before, 400 no payload, 401 not signed, 413 too large. */
  readonly status: 200 | 400 | 401 | 413;
  readonly facts: readonly ForgeFact[];
  readonly problems: readonly Problem[];
  /** To be remembered with the facts; null where nothing was taken or the sender gives no id. */
  readonly delivery: { readonly sender: Sender; readonly id: string } | null;
}

/** GitHub sends no larger ones. */
export const largestBody = 25 << 20;

/** Reads nothing of a body before its signature holds. Facts join in any order, so a replay changes nothing. */
export function receiveWebhook(request: WebhookRequest, rules: WebhookRules): WebhookAnswer {
  const { locator } = rules;
  if (request.body.length > largestBody)
    return refused(413, problem("webhook_too_large", locator, `a delivery of more than ${largestBody >> 20} MB; it was refused`));
  const sender = senderOf(request.headers);
  if (sender === null) return refused(400, problem("webhook_unknown", locator, "a delivery with the headers of no sender that is known"));
  if (!isSigned(sender, request, rules)) return refused(401, unsigned(sender, rules));
  const delivery = deliveryOf(sender, request.headers);
  if (delivery !== null && rules.isKnown(sender, delivery)) return { status: 200, facts: [], problems: [], delivery: null };
  const payload = payloadOf(request);
  if (payload === null) return refused(400, problem("webhook_no_json", locator, `a delivery of ${sender} that is no JSON; it was refused`));
  return { status: 200, ...read(sender, request.headers, payload, locator), delivery: delivery === null ? null : { sender, id: delivery } };
}

function read(sender: Sender, headers: Headers, payload: unknown, locator: string): Reading {
  if (sender === "github") return github.readPayload(headers["x-github-event"] ?? "", payload, locator);
  return sender === "gitlab" ? gitlab.readPayload(payload, locator) : readPagerduty(payload, locator);
}

function senderOf(headers: Headers): Sender | null {
  if (headers["x-github-event"] !== undefined) return "github";
  if (headers["x-gitlab-event"] !== undefined) return "gitlab";
  return headers["x-pagerduty-signature"] === undefined ? null : "pagerduty";
}

function isSigned(sender: Sender, { headers, body }: WebhookRequest, { secrets, trusted, now }: WebhookRules): boolean {
  const own = secrets[sender] ?? [];
  if (own.length === 0) return trusted === true;
  if (sender === "github") return isSignedByGithub(headers, body, own);
  return sender === "gitlab" ? isSignedByGitlab(headers, body, own, now) : isSignedByPagerduty(headers, body, own);
}

function deliveryOf(sender: Sender, headers: Headers): string | null {
  const names = {
    github: ["x-github-delivery"],
    gitlab: ["idempotency-key", "webhook-id", "x-gitlab-event-uuid"],
    pagerduty: ["x-webhook-id"],
  };
  // PagerDuty numbers the subscription, not the delivery: its events bear ids of their own.
  if (sender === "pagerduty") return null;
  const id = names[sender].map((name) => headers[name]).find((value) => value !== undefined && value !== "");
  return id !== undefined && id.length <= 200 ? id : null;
}

/** GitHub may be set to send a form with the JSON in `payload`. */
function payloadOf({ headers, body }: WebhookRequest): unknown {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const written = isForm ? (new URLSearchParams(body.toString("utf8")).get("payload") ?? "") : body.toString("utf8");
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "object" ? value : null;
  } catch {
    return null; // told by the caller as a problem of its own
  }
}

const refused = (status: 400 | 401 | 413, one: Problem): WebhookAnswer => ({ status, facts: [], problems: [one], delivery: null });

const problem = (code: string, locator: string, message: string): Problem => ({
  code,
  severity: "lost",
  source: "webhooks",
  locator,
  message,
});

const unsigned = (sender: Sender, { secrets, locator }: WebhookRules): Problem => ({
  ...problem(
    "webhook_not_signed",
    locator,
    `a delivery that says it is of ${sender} is not signed with the secret; nothing of it was read`,
  ),
  hint:
    (secrets[sender] ?? []).length === 0
      ? "Name the variable that holds the secret: `webhook_secret_variable` of `forges` in assay.yaml."
      : "Is the secret the one the forge has?",
});

/**
 * A recorded delivery as a request: `{ "headers": …, "body": … }`, or as GitHub's list of deliveries gives it. A body that is
 * no text is written anew: its signature can no longer be checked.
 */
export function recordedRequest(value: unknown): (WebhookRequest & { readonly isRaw: boolean }) | null {
  if (typeof value !== "object" || value === null) return null;
  const record = value as Record<string, unknown>;
  const inner =
    typeof record["request"] === "object" && record["request"] !== null ? (record["request"] as Record<string, unknown>) : record;
  const [headers, body] = [inner["headers"], inner["body"] ?? inner["payload"]];
  if (typeof headers !== "object" || headers === null || body === undefined) return null;
  const named = Object.entries(headers).flatMap(([name, header]) =>
    typeof header === "string" ? [[name.toLowerCase(), header] as const] : [],
  );
  const known: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(named));
  const event = text(value, "event");
  if (known["x-github-event"] === undefined && event !== null && record["request"] !== undefined) known["x-github-event"] = event;
  const guid = text(value, "guid");
  if (known["x-github-delivery"] === undefined && guid !== null) known["x-github-delivery"] = guid;
  const isRaw = typeof body === "string";
  return { headers: known, body: Buffer.from(isRaw ? body : JSON.stringify(body)), isRaw };
}
