import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Fingerprinter } from "../../lines/fingerprint.ts";
import type { SourceEnv } from "../source.ts";
import { findTranscripts } from "./discover.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assay-discover-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = (variables: Readonly<Record<string, string>> = {}): SourceEnv => ({
  home,
  variables,
  platform: "linux",
  gitDirs: [],
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
});
const place = (path: string): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), "{}\n");
};
const found = (variables?: Readonly<Record<string, string>>): string[] =>
  [...findTranscripts(env(variables))].map((item) =>
    "problem" in item ? `${item.problem.code} ${relative(home, item.problem.locator)}` : relative(home, item.path),
  );

test("looks in the home folder and in the configuration folder", () => {
  place(".claude/projects/-a/s1.jsonl");
  place(".config/claude/projects/-a/s2.jsonl");
  place(".claude/history.jsonl");
  place(".claude/projects/-a/notes.txt");
  expect(found()).toEqual([".claude/projects/-a/s1.jsonl", ".config/claude/projects/-a/s2.jsonl"]);
  place("xdg/claude/projects/-a/s3.jsonl");
  expect(found({ XDG_CONFIG_HOME: join(home, "xdg") })).toEqual([".claude/projects/-a/s1.jsonl", "xdg/claude/projects/-a/s3.jsonl"]);
});

test("finds the files of sub-agents behind their session's own", () => {
  place(".claude/projects/-a/s1/subagents/agent-1.jsonl");
  place(".claude/projects/-a/s1/subagents/deeper/agent-2.jsonl");
  place(".claude/projects/-a/s1.jsonl");
  expect(found()).toEqual([
    ".claude/projects/-a/s1.jsonl",
    ".claude/projects/-a/s1/subagents/agent-1.jsonl",
    ".claude/projects/-a/s1/subagents/deeper/agent-2.jsonl",
  ]);
});

test("takes CLAUDE_CONFIG_DIR, one folder or a list, in place of both", () => {
  place(".claude/projects/-a/s1.jsonl");
  place("one/projects/-a/s2.jsonl");
  place("two/projects/-a/s3.jsonl");
  expect(found({ CLAUDE_CONFIG_DIR: join(home, "one") })).toEqual(["one/projects/-a/s2.jsonl"]);
  expect(found({ CLAUDE_CONFIG_DIR: `${join(home, "one")}, ~/two` })).toEqual(["one/projects/-a/s2.jsonl", "two/projects/-a/s3.jsonl"]);
  expect(found({ CLAUDE_CONFIG_DIR: " " })).toEqual([".claude/projects/-a/s1.jsonl"]);
});

test("gives a file reached over two folders once, and never walks in a circle", () => {
  place(".claude/projects/-a/s1.jsonl");
  symlinkSync(join(home, ".claude"), join(home, "again"));
  symlinkSync(join(home, ".claude/projects"), join(home, ".claude/projects/-a/circle"));
  symlinkSync(join(home, "nowhere"), join(home, ".claude/projects/-a/dangling.jsonl"));
  expect(found({ CLAUDE_CONFIG_DIR: `${join(home, ".claude")},${join(home, "again")}` })).toEqual([".claude/projects/-a/s1.jsonl"]);
});

test("names what cannot be looked at", () => {
  place(".claude/projects/-a/s1.jsonl");
  symlinkSync("loop.jsonl", join(home, ".claude/projects/-a/loop.jsonl"));
  expect(found()).toEqual(["unreadable .claude/projects/-a/loop.jsonl", ".claude/projects/-a/s1.jsonl"]);
});
