import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { CommitFact } from "../contract/facts.ts";
import { FactStore } from "../store/store.ts";
import { identities, osUserOf } from "./whoami.ts";

const commit = (n: number, email: string, trailer: string | null): CommitFact => ({
  kind: "commit",
  hash: String(n).padStart(40, "0"),
  parents: [],
  authorName: email.split("@")[0] ?? "",
  authorEmail: email,
  authorAt: n,
  commitAt: n,
  trailers: trailer === null ? [] : [{ key: "Co-Authored-By", value: trailer, inTrailerBlock: true }],
  squashOf: null,
  mergeOf: null,
  reverts: null,
  files: [],
});

it("counts authors, co-authors, forge logins, e-mails of telemetry, agents' accounts and the owners of home folders, and knows whose they are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-whoami-"));
  const store = await FactStore.open(folder);
  store.addCommit(1, commit(1, "ada@example.com", "Claude <noreply@anthropic.com>"), 1);
  store.addCommit(1, commit(2, "Ada@example.com", "Claude <noreply@anthropic.com>"), 1);
  store.addCommit(1, commit(3, "123+benreed@users.noreply.github.com", "Cleo <cleo@example.com>"), 1);
  const session = {
    kind: "session",
    agent: "claude-code",
    parentSession: null,
    trigger: null,
    entrypoint: null,
    agentVersion: null,
    branch: null,
  } as const;
  for (const [n, cwd] of ["/home/ada/work", "C:\\Users\\ben\\work", "/srv/build"].entries())
    store.addTokenFact(
      { ...session, session: `s${n}`, firstAt: 1, lastAt: 2, cwd },
      { source: "claude-code", device: null, seenAt: 1, repositoryOf: () => 1 },
    );
  for (const email of ["ada@example.com", "dora@telemetry.example"])
    store.addTokenFact(
      {
        kind: "session_label",
        agent: "claude-code",
        session: email === "ada@example.com" ? "s0" : "s1",
        label: "email",
        value: email,
        instant: 1,
      },
      { source: "otlp", device: null, seenAt: 1, repositoryOf: () => 1 },
    );
  const review = {
    kind: "forge_review",
    repository: "github.com/acme/shop",
    version: 1,
    state: "approved",
    submittedAt: 1,
    commit: null,
  } as const;
  for (const [change, login] of [
    [1, "BenReed"],
    [2, "benreed"],
    [2, "checker[bot]"],
  ] as const)
    store.addForgeFact({ ...review, change, review: `${change}${login}`, reviewer: { login, isBot: login.endsWith("[bot]") } }, 1);
  await store.commit(1);
  const people = [{ name: "Ada Marsh", git_emails: ["ADA@example.com"], os_users: ["ada"] }];
  const found = await identities(store, people);
  store.close();
  rmSync(folder, { recursive: true });
  expect(
    found.map(({ kind, value, commits, sessions, changes, person }) => [kind, value.toLowerCase(), commits, sessions, changes, person]),
  ).toEqual([
    ["git_email", "ada@example.com", 2, 0, 0, "Ada Marsh"],
    ["git_email", "cleo@example.com", 1, 0, 0, null],
    ["otel_email", "ada@example.com", 0, 1, 0, "Ada Marsh"], // as her commits are signed
    ["otel_email", "dora@telemetry.example", 0, 1, 0, null],
    ["os_user", "ada", 0, 1, 0, "Ada Marsh"],
    ["os_user", "ben", 0, 1, 0, null],
    ["forge_login", "benreed", 1, 0, 2, null],
    ["agent", "noreply@anthropic.com", 2, 0, 0, null],
    ["agent", "checker[bot]", 0, 0, 1, null],
  ]);
});

it("knows the owner of a home folder and of no other", () => {
  expect(["/Users/ada/x", "c:/Users/ben", "/tmp/x", "/home"].map(osUserOf)).toEqual(["ada", "ben", null, null]);
});
