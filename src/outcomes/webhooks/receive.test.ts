import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { type WebhookRequest, type WebhookRules, largestBody, receiveWebhook, recordedRequest } from "./receive.ts";

const rules = (rest: Partial<WebhookRules> = {}): WebhookRules => ({
  secrets: { github: ["old secret", "s3cret"], gitlab: ["t0ken"], pagerduty: ["pd"] },
  isKnown: () => false,
  now: null,
  locator: "test",
  ...rest,
});

const pull = {
  action: "closed",
  repository: { html_url: "https://github.com/Acme/Shop" },
  sender: { login: "bo", type: "User" },
  pull_request: {
    number: 7,
    state: "closed",
    title: "fix: x",
    body: null,
    created_at: "2026-03-01T09:00:00Z",
    updated_at: "2026-03-03T12:00:00Z",
    closed_at: "2026-03-03T12:00:00Z",
    merged_at: "2026-03-03T12:00:00Z",
  },
};

function github(payload: unknown, secret = "s3cret", event = "pull_request"): WebhookRequest {
  const body = Buffer.from(JSON.stringify(payload));
  return {
    headers: {
      "x-github-event": event,
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
    body,
  };
}

const codes = (answer: ReturnType<typeof receiveWebhook>): string[] => answer.problems.map(({ code }) => code);

describe("a delivery of GitHub", () => {
  it("is taken when it is signed with one of the secrets", () => {
    const answer = receiveWebhook(github(pull), rules());
    expect(answer).toMatchObject({ status: 200, problems: [], delivery: { sender: "github", id: "72d3162e-cc78-11e3-81ab-4c9367dc0958" } });
    expect(answer.facts).toMatchObject([
      { kind: "forge_change", repository: "github.com/acme/shop", number: 7, state: "landed" },
      { kind: "forge_event", event: "closed" },
      { kind: "forge_event", event: "landed" },
    ]);
  });

  it("agrees with the example of a signature that GitHub's documentation prints", () => {
    const body = Buffer.from("Hello, World!");
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const answer = receiveWebhook(
      { headers: { "x-github-event": "ping", "x-hub-signature-256": signature }, body },
      rules({ secrets: { github: ["It's a Secret to Everybody"] } }),
    );
    expect(codes(answer), "signed, and then no JSON").toEqual(["webhook_no_json"]);
  });

  it("is refused when a byte, the secret, the scheme or the signature is wrong, and when there is no secret", () => {
    const good = github(pull);
    const bad: readonly WebhookRequest[] = [
      { ...good, body: Buffer.concat([good.body, Buffer.from(" ")]) },
      github(pull, "guess"),
      { ...good, headers: { ...good.headers, "x-hub-signature-256": undefined, "x-hub-signature": "sha1=00" } },
      { ...good, headers: { ...good.headers, "x-hub-signature-256": "" } },
    ];
    for (const request of bad) {
      const answer = receiveWebhook(request, rules());
      expect([answer.status, answer.facts, codes(answer), answer.delivery]).toEqual([401, [], ["webhook_not_signed"], null]);
    }
    expect(receiveWebhook(good, rules({ secrets: {} })).status).toBe(401);
    expect(receiveWebhook(github(pull, ""), rules({ secrets: { github: [""] } })).status, "an empty secret signs nothing").toBe(401);
  });

  it("gives nothing again when it was taken before", () => {
    expect(receiveWebhook(github(pull), rules({ isKnown: () => true }))).toEqual({ status: 200, facts: [], problems: [], delivery: null });
  });

  it("is refused above the largest size before its signature is looked at, and when it is no JSON", () => {
    expect(receiveWebhook({ ...github(pull), body: Buffer.alloc(largestBody + 1) }, rules()).status).toBe(413);
    for (const text of ["{", "[".repeat(100_000), "7", ""]) {
      const body = Buffer.from(text);
      const headers = {
        ...github(pull).headers,
        "x-hub-signature-256": `sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`,
      };
      expect(receiveWebhook({ headers, body }, rules()).status, text.slice(0, 3)).toBe(400);
    }
  });

  it("is a counted problem when it is of a kind that is not read, whatever it calls itself", () => {
    for (const event of ["star", "__proto__", "constructor", "x".repeat(500)]) {
      const answer = receiveWebhook(github(pull, "s3cret", event), rules());
      expect([answer.status, answer.facts, codes(answer)]).toEqual([200, [], ["forge_object_unknown"]]);
      expect(JSON.stringify(answer.problems).length).toBeLessThan(400);
    }
  });
});

describe("a delivery of GitLab", () => {
  const payload = {
    object_kind: "merge_request",
    user: { username: "bo" },
    project: { web_url: "https://gitlab.example.org/Team/shop" },
    labels: [{ title: "bug" }],
    object_attributes: {
      iid: 12,
      state: "opened",
      action: "approved",
      title: "x",
      created_at: "2026-03-01 09:00:00 UTC",
      updated_at: "2026-03-01 10:00:00 UTC",
    },
  };
  const body = Buffer.from(JSON.stringify(payload));
  const headers = { "x-gitlab-event": "Merge Request Hook", "x-gitlab-event-uuid": "u1" };

  it("is taken with the secret token, and refused with another", () => {
    const answer = receiveWebhook({ headers: { ...headers, "x-gitlab-token": "t0ken" }, body }, rules());
    expect(answer.status).toBe(200);
    expect(answer.facts).toMatchObject([
      { kind: "forge_change", repository: "gitlab.example.org/team/shop", number: 12, state: "open", labels: ["bug"], author: null },
      { kind: "forge_review", review: "approval:bo", state: "approved", submittedAt: Date.parse("2026-03-01T10:00:00Z") },
    ]);
    expect(receiveWebhook({ headers: { ...headers, "x-gitlab-token": "t0ken2" }, body }, rules()).status).toBe(401);
    expect(receiveWebhook({ headers, body }, rules()).status).toBe(401);
  });

  it("is judged by its signature where it bears one, and refused from another time", () => {
    const key = Buffer.from("a key of bytes");
    const signed = (timestamp: string): WebhookRequest => ({
      headers: {
        ...headers,
        "x-gitlab-token": "t0ken",
        "webhook-id": "d1",
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,AAAA v1,${createHmac("sha256", key).update(`d1.${timestamp}.`).update(body).digest("base64")}`,
      },
      body,
    });
    const secrets = { gitlab: [`whsec_${key.toString("base64")}`] };
    expect(receiveWebhook(signed("1000"), rules({ secrets })).delivery).toEqual({ sender: "gitlab", id: "d1" });
    expect(receiveWebhook(signed("1000"), rules({ secrets, now: 1_200_000 })).status).toBe(200);
    expect(receiveWebhook(signed("1000"), rules({ secrets, now: 1_300_001 })).status).toBe(401);
    expect(receiveWebhook(signed("1000"), rules()).status, "the plain token does not help").toBe(401);
  });
});

it("takes PagerDuty's events by their signature", () => {
  const body = Buffer.from(
    JSON.stringify({
      event: {
        id: "e",
        event_type: "incident.resolved",
        occurred_at: "2026-03-03T13:00:00Z",
        data: { id: "Q1", type: "incident", status: "resolved", created_at: "2026-03-03T12:30:00Z", urgency: "high" },
      },
    }),
  );
  const signature = `v1=00,v1=${createHmac("sha256", "pd").update(body).digest("hex")}`;
  expect(receiveWebhook({ headers: { "x-pagerduty-signature": signature }, body }, rules()).facts).toMatchObject([
    {
      kind: "incident",
      source: "pagerduty",
      incident: "Q1",
      state: "resolved",
      resolvedAt: Date.parse("2026-03-03T13:00:00Z"),
      severity: "high",
    },
  ]);
  expect(receiveWebhook({ headers: { "x-pagerduty-signature": "v1=00" }, body }, rules()).status).toBe(401);
});

describe("the public example payloads of every version of GitHub", () => {
  const require = createRequire(import.meta.url);
  const root = require.resolve("@octokit/webhooks-examples/package.json").replace(/package\.json$/, "");
  const read = (version: string): { readonly name: string; readonly examples: readonly object[] }[] =>
    JSON.parse(readFileSync(`${root}${version}/index.json`, "utf8")) as { name: string; examples: object[] }[];
  /** Kinds that are read; of these every example must give facts. */
  const kinds =
    "pull_request pull_request_review pull_request_review_comment pull_request_review_thread issue_comment issues check_run workflow_job workflow_run status deployment deployment_status release".split(
      " ",
    );

  for (const version of ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"])
    it(`become facts or a counted problem: ${version}`, () => {
      let examples = 0;
      const without: string[] = [];
      for (const { name, examples: payloads } of read(version))
        for (const payload of payloads) {
          examples++;
          const answer = receiveWebhook(github(payload, "s3cret", name), rules());
          expect(answer.status, name).toBe(200);
          if (name !== "ping") expect(answer.facts.length + answer.problems.length, name).toBeGreaterThan(0);
          const action = (payload as { action?: string }).action ?? "";
          const isChange = name === "issues" && "pull_request" in ((payload as { issue?: object }).issue ?? {}); // told in full elsewhere
          if (kinds.includes(name) && !isChange && (answer.facts.length === 0 || answer.problems.length > 0))
            without.push(`${name} ${action}: ${codes(answer).join()}`);
        }
      expect(examples).toBeGreaterThan(40);
      expect(without).toEqual([]);
    });
});

it("reads a recorded delivery in the shape of GitHub's own list, and takes no name of a header for another", () => {
  const recorded = recordedRequest({
    guid: "g",
    event: "ping",
    request: { headers: { Accept: "*/*", ["__proto__"]: "x" }, payload: { zen: "z" } },
  });
  expect(recorded).toMatchObject({ isRaw: false, headers: { "x-github-event": "ping", "x-github-delivery": "g" } });
  expect(recordedRequest({ headers: { "X-GitHub-Event": "ping" }, body: "{}" })).toMatchObject({
    isRaw: true,
    headers: { "x-github-event": "ping" },
  });
  for (const value of [null, 1, "x", {}, { headers: {} }, { headers: 1, body: "" }]) expect(recordedRequest(value)).toBeNull();
});
