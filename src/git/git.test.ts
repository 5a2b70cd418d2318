import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CatFile } from "./cat-file.ts";
import { type Git, GitError, openGit, runGit, streamGit } from "./git.ts";
import { readTree } from "./refs.ts";
import { normaliseRemote } from "./repository.ts";

let dir: string;
let git: Git;
const run = (args: readonly string[], input = ""): string => execFileSync("git", ["-C", dir, ...args], { input, encoding: "utf8" }).trim();
const blob = (content: string): string => run(["hash-object", "-w", "--stdin"], content);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "assay-git-"));
  run(["init", "-q", "-b", "main"]);
  git = openGit(dir, process.env);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("running git", () => {
  it("tells what was asked and what git said when it fails", async () => {
    const error = await runGit(git, ["cat-file", "-p", "no-such-object"]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GitError);
    const { args, exitCode, stderr, message } = error as GitError;
    expect([args, exitCode]).toEqual([["cat-file", "-p", "no-such-object"], 128]);
    expect(stderr).toContain("no-such-object");
    expect(message).toContain("git cat-file ended with 128: fatal:");
  });

  it("tells that git is not there by an exit code of null", async () => {
    const error = await runGit(openGit(dir, { PATH: join(dir, "nowhere") }), ["version"]).catch((thrown: unknown) => thrown);
    expect((error as GitError).exitCode).toBeNull();
  });

  it("gives what came before a failure, and then throws", async () => {
    const [one, two] = [blob("one"), blob("two")];
    const chunks: Buffer[] = [];
    const reading = async (): Promise<void> => {
      for await (const chunk of streamGit(git, ["cat-file", "--batch", "--no-such-option"])) chunks.push(chunk);
    };
    await expect(reading()).rejects.toBeInstanceOf(GitError);
    expect(chunks).toEqual([]);
    expect((await runGit(git, ["cat-file", "--batch-check=%(objectname)"], `${one}\n${two}\n`)).toString()).toBe(`${one}\n${two}\n`);
  });

  it("ends git when nobody reads on", async () => {
    for await (const chunk of streamGit(git, ["cat-file", "--batch-check"], `${blob("x")}\n`.repeat(200_000))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it("hands down no GIT variables but its own", () => {
    const { environment } = openGit(dir, { PATH: "/bin", GIT_DIR: "/elsewhere", GIT_TRACE: "1", LC_ALL: "de_DE" });
    expect(environment).toMatchObject({ PATH: "/bin", LC_ALL: "C", GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0" });
    expect(Object.keys(environment)).not.toContain("GIT_DIR");
    expect(Object.keys(environment)).not.toContain("GIT_TRACE");
  });
});

describe("reading objects", () => {
  it("answers in the order of asking, whatever the sizes, and null for what is absent", async () => {
    const contents = ["", "small", "line\n".repeat(100_000), "after"];
    const ids = contents.map(blob);
    const objects = new CatFile(git);
    const absent = "0123456789012345678901234567890123456789";
    const read = await Promise.all([...ids, absent, "no such name", "two\nlines", ...ids].map((id) => objects.get(id)));
    await objects.close();
    expect(read.map((content) => content?.toString() ?? null)).toEqual([...contents, null, null, null, ...contents]);
  });

  it("closes without having been asked", async () => {
    await new CatFile(git).close();
  });

  it("fails where git is not there", async () => {
    const objects = new CatFile(openGit(dir, { PATH: join(dir, "nowhere") }));
    await expect(objects.get("HEAD")).rejects.toBeInstanceOf(GitError);
  });
});

describe("reading a tree", () => {
  it("tells mode, id, path and size of every file, strange names included", async () => {
    const [a, b] = [blob("a"), blob("bb")];
    run(["update-index", "--add", "--cacheinfo", `100644,${a},dir/with "quote" and\ttab`]);
    run(["update-index", "--add", "--cacheinfo", `120000,${b},größe`]);
    const tree = run(["write-tree"]);
    expect(await readTree(git, tree, { sizes: true })).toEqual([
      { mode: "100644", oid: a, path: 'dir/with "quote" and\ttab', size: 1 },
      { mode: "120000", oid: b, path: "größe", size: 2 },
    ]);
    expect((await readTree(git, tree))[0]?.size).toBeNull();
  });
});

describe("a remote's address", () => {
  it.each([
    ["https://github.com/owner/name.git", "github.com/owner/name"],
    ["https://user:token@GitHub.com/owner/Name/", "github.com/owner/Name"],
    ["git@github.com:owner/name.git", "github.com/owner/name"],
    ["ssh://git@host.example:2222/group/sub/name.git", "host.example/group/sub/name"],
    ["git://host.example//owner/name", "host.example/owner/name"],
    ["host.example:owner/name", "host.example/owner/name"],
    ["/srv/git/name.git", null],
    ["../name", null],
    ["C:\\code\\name", null],
    ["C:/code/name", null],
    ["file:///srv/git/name.git", null],
    ["", null],
  ])("%j is %j", (url, name) => expect(normaliseRemote(url)).toBe(name));
});
