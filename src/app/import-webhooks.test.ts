import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpFacts } from "../store/dump.ts";
import { readForgeHistory, readIncidents } from "../store/forge-reader.ts";
import { FactStore } from "../store/store.ts";
import { importIncidents, importWebhooks, webhookSecrets } from "./import-webhooks.ts";
import { RepositoryAccess } from "./repository-access.ts";

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-webhooks-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const context = { seenAt: 1_000, progress: () => {}, signal: new AbortController().signal, access: new RepositoryAccess(undefined, {}) };
const open = async (): Promise<FactStore> => await FactStore.open(join(folder, `store-${files++}`));
function file(lines: readonly unknown[]): string {
  const path = join(folder, `file-${files++}.jsonl`);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

const repository = { html_url: "https://github.com/acme/shop" };
const pull = (rest: object): object => ({
  number: 7,
  title: "fix: x",
  state: "open",
  draft: false,
  labels: [],
  created_at: "2026-03-01T09:00:00Z",
  closed_at: null,
  merged_at: null,
  ...rest,
});
const delivery = (event: string, guid: string, payload: object): object => ({
  headers: { "X-GitHub-Event": event, "X-GitHub-Delivery": guid },
  body: JSON.stringify({ repository, ...payload }),
});
const at = (hour: number): string => `2026-03-01T${hour}:00:00Z`;
const comment = { id: 61, path: "a.ts", original_line: 3, side: "RIGHT", created_at: at(11), updated_at: at(11), user: { login: "bo" } };

/** A change is opened as a draft, made ready, reviewed, closed, opened again, and lands. */
const story = [
  delivery("pull_request", "1", { action: "opened", pull_request: pull({ draft: true, updated_at: at(10) }) }),
  delivery("pull_request", "2", { action: "ready_for_review", pull_request: pull({ updated_at: at(11) }) }),
  delivery("pull_request_review_comment", "3", { action: "created", pull_request: pull({ updated_at: at(11) }), comment }),
  delivery("pull_request", "4", { action: "closed", pull_request: pull({ state: "closed", closed_at: at(12), updated_at: at(12) }) }),
  delivery("pull_request", "5", { action: "reopened", pull_request: pull({ updated_at: at(13), labels: [{ name: "bug" }] }) }),
  delivery("pull_request_review_thread", "6", {
    action: "resolved",
    updated_at: at(14),
    pull_request: pull({ updated_at: at(13), labels: [{ name: "bug" }] }),
    thread: { comments: [comment] },
  }),
  delivery("pull_request", "7", {
    action: "closed",
    pull_request: pull({ state: "closed", merged_at: at(15), closed_at: at(15), updated_at: at(15), labels: [{ name: "bug" }] }),
  }),
];

async function after(...parts: readonly (readonly object[])[]): Promise<{ readonly dump: string[]; readonly change: unknown }> {
  const store = await open();
  for (const part of parts) expect((await importWebhooks(store, [file(part)], {}, context)).problems).toEqual([]);
  const result = { dump: await dumpFacts(store), change: (await readForgeHistory(store, "github.com/acme/shop"))?.changes[0] };
  store.close();
  return result;
}

describe("recorded deliveries", () => {
  it("end in the state the forge was in, in whatever order and how often they come", async () => {
    const inOrder = await after(story);
    expect(inOrder.change).toMatchObject({
      state: "landed",
      landedAt: Date.parse(at(15)),
      draft: false,
      readyAt: Date.parse(at(11)),
      labels: ["bug"],
      threads: [{ thread: "61", path: "a.ts", firstLine: 3, resolved: true, resolvedAt: Date.parse(at(14)) }],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(story, { minLength: story.length }),
        fc.shuffledSubarray(story),
        fc.nat(story.length),
        async (order, again, cut) => {
          expect(await after([...order.slice(0, cut), ...again], order.slice(cut))).toEqual(inOrder);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("are taken once each: a delivery with a known id is not read again", async () => {
    const store = await open();
    expect((await importWebhooks(store, [file(story)], {}, context)).facts).toBeGreaterThan(7);
    expect((await importWebhooks(store, [file([...story, ...story])], {}, context)).facts).toBe(0);
    store.close();
  });

  it("are checked where a secret is configured and the bytes are there", async () => {
    const secrets = webhookSecrets([{ kind: "github", webhook_secret_variable: "HOOK" }], { HOOK: "s3cret" });
    expect(secrets).toEqual({ github: ["s3cret"] });
    const [first] = story as [{ headers: object; body: string }];
    const signed = (secret: string): object => ({
      ...first,
      headers: { ...first.headers, "X-Hub-Signature-256": `sha256=${createHmac("sha256", secret).update(first.body).digest("hex")}` },
    });
    const store = await open();
    const wrong = await importWebhooks(store, [file([first, signed("guess"), { nothing: true }])], secrets, context);
    expect(wrong.facts).toBe(0);
    expect(wrong.problems.map(({ code }) => code)).toEqual(["webhook_not_signed", "webhook_not_signed", "forge_object_unknown"]);
    expect((await importWebhooks(store, [file([signed("s3cret")])], secrets, context)).facts).toBe(1);
    store.close();
  });
});

describe("files of incidents", () => {
  it("tie an incident to what it names by a key, and to nothing its text says", async () => {
    const store = await open();
    const told = await importIncidents(
      store,
      [
        file([
          {
            incidents: [
              {
                id: "Q1",
                type: "incident",
                title: "caused by #7",
                status: "triggered",
                created_at: at(10),
                urgency: "high",
                service: { summary: "shop" },
                custom_fields: [{ name: "assay_release", value: "github.com/acme/shop v1.2.0" }],
              },
            ],
          },
          {
            event: {
              event_type: "incident.resolved",
              occurred_at: at(12),
              data: { id: "Q1", type: "incident", status: "resolved", created_at: at(10) },
            },
          },
          { event: { event_type: "incident.annotated", occurred_at: at(12), data: { id: "Q1" } } },
          {
            action: "Close",
            alert: {
              alertId: "a1",
              createdAt: Date.parse(at(10)),
              updatedAt: Date.parse(at(11)) * 1e6,
              priority: "P1",
              details: { assay_change: "github.com/acme/shop #7" },
            },
          },
          {
            incident: "INC-1",
            source: "Statuspage",
            opened_at: at(10),
            resolved_at: at(11),
            severity: "major",
            ties: [
              { kind: "commit", key: "abc1234" },
              { kind: "gossip", key: "x" },
            ],
          },
          { what: "is this" },
        ]),
      ],
      context,
    );
    expect(told.problems.map(({ code }) => code)).toEqual(["forge_object_unknown", "forge_object_unknown"]);
    const shop = "github.com/acme/shop";
    expect(await readIncidents(store)).toMatchObject([
      {
        source: "opsgenie",
        incident: "a1",
        state: "resolved",
        openedAt: Date.parse(at(10)),
        resolvedAt: Date.parse(at(11)),
        severity: "p1",
        ties: [{ tie: "change", repository: shop, key: "7" }],
      },
      {
        source: "pagerduty",
        incident: "Q1",
        state: "resolved",
        resolvedAt: Date.parse(at(12)),
        severity: "high",
        service: "shop",
        ties: [{ tie: "release", repository: shop, key: "v1.2.0" }],
      },
      {
        source: "statuspage",
        incident: "INC-1",
        state: "resolved",
        severity: "major",
        ties: [{ tie: "commit", repository: "", key: "abc1234" }],
      },
    ]);
    store.close();
  });
});
