import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RepositoryAccess } from "./repository-access.ts";

let home = "";
const at = (path: string): string => join(home, path);
const access = (rules: { allow?: string[]; deny?: string[] }) => new RepositoryAccess(rules, { PATH: process.env["PATH"], HOME: home });

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "assay-access-")));
  for (const [folder, remote] of [
    ["work/harbour", "git@git.example.com:saltmarsh/harbour.git"],
    ["work/secret-plan", "https://git.example.com/saltmarsh/secret-plan"],
    ["private/diary", null],
  ] as const) {
    mkdirSync(at(`${folder}/src`), { recursive: true });
    execFileSync("git", ["-C", at(folder), "init", "-q"]);
    if (remote !== null) execFileSync("git", ["-C", at(folder), "remote", "add", "origin", remote]);
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("access to repositories", () => {
  it("is open where no rule is given", async () => {
    const open = access({});
    expect([open.hasRules, open.digest, await open.allowsFolder(at("private/diary"))]).toEqual([false, "", true]);
  });

  it("denies by remote, whatever folder below it is asked", async () => {
    const rules = access({ deny: ["git.example.com/saltmarsh/secret-*"] });
    expect(await rules.allowsFolder(at("work/secret-plan/src"))).toBe(false);
    expect(await rules.allowsFolder(at("work/harbour/src"))).toBe(true);
  });

  it("denies by folder, with everything below, and folders that are not on this computer", async () => {
    const rules = access({ deny: ["~/private", "/Users/*/secret"] });
    expect(await rules.allowsFolder(at("private/diary/src"))).toBe(false);
    expect(await rules.allowsFolder("/Users/ada/secret/deep/down")).toBe(false);
    expect(await rules.allowsFolder("/Users/ada/secrets")).toBe(true);
    expect(rules.denies("C:\\Users\\ada")).toBe(false);
  });

  it("reads only what is allowed where an allow list is given, and what is denied not even then", async () => {
    const rules = access({ allow: ["git.example.com/saltmarsh/*"], deny: ["**/secret-plan"] });
    expect(await rules.allowsFolder(at("work/harbour"))).toBe(true);
    expect(await rules.allowsFolder(at("work/secret-plan"))).toBe(false);
    expect(await rules.allowsFolder(at("private/diary"))).toBe(false);
    expect(await rules.allowsFolder("/gone/from/here")).toBe(false);
  });

  it("stars stop at a slash, double stars do not, and other signs stand for themselves", async () => {
    expect(access({ deny: ["/a/*/c"] }).denies("/a/b/b/c")).toBe(false);
    expect(access({ deny: ["/a/**/c"] }).denies("/a/b/b/c")).toBe(true);
    expect(access({ deny: ["/a.b"] }).denies("/axb")).toBe(false);
    expect(access({ deny: ["/a?b"] }).denies("/axb/deep")).toBe(true);
  });
});
