import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitFact, RefFact } from "../../contract/facts.ts";
import { chooseDefaultBranch } from "./default-branch.ts";
import { type Repository, countCommitsOfAllRefs, openRepository, readIdentity, readRepository } from "./index.ts";
import { TestRepository, testFingerprinter } from "./test-repository.ts";

let repository: TestRepository;
let copies: TestRepository[];
beforeEach(() => {
  repository = new TestRepository();
  copies = [];
});
afterEach(() => [repository, ...copies].forEach((each) => each.remove()));

async function opened(folder = repository.dir): Promise<Repository> {
  const found = await openRepository(folder, process.env);
  if (found === null) throw new Error(`no repository in ${folder}`);
  return found;
}

async function readAll(from: Repository, seenRefs: readonly RefFact[] = [], unfinished: readonly string[] = []) {
  const commits: CommitFact[] = [];
  const refs: RefFact[] = [];
  const codes: string[] = [];
  for await (const { facts, problems } of readRepository(from, { fingerprinter: testFingerprinter, seenRefs, unfinished })) {
    for (const fact of facts) {
      if (fact.kind === "commit") commits.push(fact);
      else refs.push(fact);
    }
    codes.push(...problems.map(({ code }) => code));
  }
  return { commits, refs, codes, hashes: commits.map(({ hash }) => hash) };
}

/** An empty repository that fetches from the first one. */
function copy(...fetchArguments: readonly string[]): TestRepository {
  const made = new TestRepository();
  copies.push(made);
  made.git("remote", "add", "origin", `file://${repository.dir}`);
  made.git("fetch", "-q", ...fetchArguments, "origin");
  return made;
}

describe("opening a repository", () => {
  it("finds the same one from a work tree, a folder below, a linked worktree, .git and a bare copy's folder", async () => {
    repository.commit({ "dir/a.txt": "a\n" });
    const linked = join(repository.dir, "linked");
    repository.git("worktree", "add", "-q", "-b", "other", linked);
    const folders = [repository.dir, join(repository.dir, "dir"), linked, join(repository.dir, ".git")];
    const places = await Promise.all(folders.map(async (folder) => (await opened(folder)).place));
    expect(new Set(places.map(({ commonDir }) => commonDir)).size).toBe(1);
    expect(places.map(({ toplevel }) => toplevel?.split("/").at(-1) ?? null)).toEqual([
      repository.dir.split("/").at(-1),
      repository.dir.split("/").at(-1),
      "linked",
      null,
    ]);
    repository.git("clone", "-q", "--bare", ".", "bare.git");
    const bare = await opened(join(repository.dir, "bare.git"));
    expect([bare.place.bare, bare.place.toplevel]).toEqual([true, null]);
  });

  it("finds none in an empty or absent folder", async () => {
    mkdirSync(join(repository.dir, ".git", "outside"), { recursive: true });
    expect(await openRepository("/", process.env)).toBeNull();
    expect(await openRepository(join(repository.dir, "absent"), process.env)).toBeNull();
  });

  it("is not led astray by the GIT_DIR of a hook", async () => {
    repository.commit({ "a.txt": "a\n" });
    const other = new TestRepository();
    copies.push(other);
    const found = await openRepository(repository.dir, { ...process.env, GIT_DIR: join(other.dir, ".git"), GIT_WORK_TREE: other.dir });
    expect(found?.refs.map(({ name }) => name)).toEqual(["refs/heads/main"]);
  });

  it("tells the detached HEAD, peels tags of tags, and leaves tags of trees out", async () => {
    const one = repository.commit({ "a.txt": "a\n" });
    repository.git("tag", "-a", "-m", "inner", "inner");
    repository.git("tag", "-a", "-m", "outer", "outer", "inner");
    repository.git("tag", "tree", "HEAD^{tree}");
    repository.git("checkout", "-q", "--detach");
    const two = repository.commit({ "a.txt": "b\n" });
    expect((await opened()).refs.map(({ name, commit }) => [name, commit])).toEqual([
      ["refs/heads/main", one],
      ["refs/tags/inner", one],
      ["refs/tags/outer", one],
      ["HEAD", two],
    ]);
  });
});

describe("identity", () => {
  it("is shared by clones, worktrees and forks: remotes and root commits", async () => {
    const root = repository.commit({ "a.txt": "a\n" });
    repository.commit({ "a.txt": "b\n" });
    repository.git("remote", "add", "upstream", "https://user:secret@Example.org:8443/Team/App.git/");
    repository.git("remote", "add", "origin", "git@Example.org:me/app.git");
    const identity = await readIdentity(await opened());
    expect(identity.remotes).toEqual(["example.org/me/app", "example.org/Team/App"]);
    expect(identity.rootCommits).toEqual([root]);
    expect((await readIdentity(await opened(copy().dir))).rootCommits).toEqual([root]);
  });

  it("takes the end of a shallow copy for no root", async () => {
    repository.commit({ "a.txt": "a\n" });
    repository.commit({ "a.txt": "b\n" });
    expect((await readIdentity(await opened(copy("--depth=1").dir))).rootCommits).toEqual([]);
  });
});

describe("reading a repository", () => {
  it("reads nothing but refs where nothing is new, and only what is new where it grew", async () => {
    const one = repository.commit({ "a.txt": "a\n" });
    const first = await readAll(await opened());
    expect(first.hashes).toEqual([one]);
    expect(await readAll(await opened(), first.refs)).toMatchObject({ hashes: [], codes: [], refs: first.refs });
    const two = repository.commit({ "a.txt": "b\n" });
    repository.git("checkout", "-q", "-b", "topic", one);
    const three = repository.commit({ "c.txt": "c\n" });
    const second = await readAll(await opened(), first.refs);
    expect([...second.hashes].sort()).toEqual([two, three].sort());
    const whole = await readAll(await opened());
    expect([...first.commits, ...second.commits].sort((a, b) => (a.hash < b.hash ? -1 : 1))).toEqual(
      [...whole.commits].sort((a, b) => (a.hash < b.hash ? -1 : 1)),
    );
  });

  it("reads branches, tags, remotes and pull heads, no checkpoint branch, no notes; counts merge refs too", async () => {
    const one = repository.commit({ "a.txt": "a\n" });
    const refs: Record<string, string> = {};
    for (const ref of [
      "refs/pull/1/head",
      "refs/pull/1/merge",
      "refs/merge-requests/2/head",
      "refs/remotes/origin/x",
      "refs/heads/entire/checkpoints/v1",
      "refs/remotes/origin/entire/y",
      "refs/notes/z",
      "refs/tags/v1.0",
    ]) {
      repository.git("checkout", "-q", "--detach", one);
      refs[ref] = repository.commit({ "b.txt": `${ref}\n` });
      repository.git("update-ref", ref, "HEAD");
    }
    repository.git("checkout", "-q", "main");
    const { hashes } = await readAll(await opened());
    expect(new Set(hashes)).toEqual(
      new Set([
        one,
        ...["refs/pull/1/head", "refs/merge-requests/2/head", "refs/remotes/origin/x", "refs/tags/v1.0"].map((ref) => refs[ref]),
      ]),
    );
    expect(await countCommitsOfAllRefs(await opened())).toBe(6);
  });

  it("survives rewritten history and pruned commits", async () => {
    repository.commit({ "a.txt": "a\n" });
    const lost = repository.commit({ "a.txt": "lost\n" });
    const first = await readAll(await opened());
    repository.git("reset", "-q", "--hard", "HEAD~1");
    const other = repository.commit({ "a.txt": "other\n" });
    repository.git("reflog", "expire", "--expire=now", "--all");
    repository.git("gc", "-q", "--prune=now");
    expect(() => repository.git("cat-file", "-e", lost)).toThrow();
    expect((await readAll(await opened(), first.refs)).hashes).toContain(other);
  });

  it("tells a shallow copy, and reads it anew once it was deepened", async () => {
    const one = repository.commit({ "a.txt": "a\n" });
    const two = repository.commit({ "a.txt": "a\nb\n" });
    const shallow = copy("--depth=1");
    const first = await readAll(await opened(shallow.dir));
    expect([first.hashes, first.codes]).toEqual([[two], ["shallow_clone"]]);
    expect(first.commits[0]?.parents).toEqual([one]);
    expect((await readAll(await opened(shallow.dir), first.refs, [two])).hashes).toEqual([]);
    shallow.git("fetch", "-q", "--unshallow", "origin");
    const second = await readAll(await opened(shallow.dir), first.refs, [two]);
    expect([second.hashes, second.codes]).toEqual([[one, two], []]);
    expect(Array.from(second.commits[1]?.files[0]?.diff.hunks ?? [])).toEqual([1, 0, 2, 1]);
  });

  it("ends in a problem, without refs, where git fails", async () => {
    repository.commit({ "a.txt": "a\n" });
    const two = repository.commit({ "a.txt": "b\n" });
    const from = await opened();
    const { rmSync } = await import("node:fs");
    const tree = repository.git("rev-parse", `${two}^{tree}`);
    rmSync(join(repository.dir, ".git", "objects", tree.slice(0, 2), tree.slice(2)));
    const { refs, codes } = await readAll(from);
    expect([refs, codes]).toEqual([[], ["git_failed"]]);
  });

  it("reads an empty repository as empty", async () => {
    expect(await readAll(await opened())).toEqual({ commits: [], refs: [], codes: [], hashes: [] });
    expect(await countCommitsOfAllRefs(await opened())).toBe(0);
  });
});

describe("the default branch", () => {
  async function chosen(from: Repository, configured?: string) {
    return chooseDefaultBranch({ ...from.hints, configured: configured ?? null }, from.refs, (await readAll(from)).commits);
  }

  it("is the configured one, else origin's, else HEAD's, else the longest", async () => {
    const one = repository.commit({ "a.txt": "a\n" });
    repository.git("checkout", "-q", "-b", "next");
    const two = repository.commit({ "a.txt": "b\n" });
    const clone = copy();
    clone.git("checkout", "-q", "-b", "mine", "origin/next");
    expect(await chosen(await opened(clone.dir))).toEqual({ name: "mine", reason: "head", commit: two });
    clone.git("remote", "set-head", "origin", "main");
    expect(await chosen(await opened(clone.dir))).toEqual({ name: "main", reason: "origin_head", commit: one });
    expect(await chosen(await opened(clone.dir), "next")).toEqual({ name: "next", reason: "configured", commit: two });
    clone.git("symbolic-ref", "HEAD", "refs/heads/unborn");
    clone.git("symbolic-ref", "-d", "refs/remotes/origin/HEAD");
    expect(await chosen(await opened(clone.dir))).toEqual({ name: "mine", reason: "most_changes", commit: two });
  });

  it("stands at the newest of origin's and the local branch", async () => {
    repository.commit({ "a.txt": "a\n" });
    const clone = copy();
    clone.git("checkout", "-q", "-b", "main", "origin/main");
    clone.git("remote", "set-head", "origin", "main");
    const local = clone.commit({ "a.txt": "local\n" });
    expect((await chosen(await opened(clone.dir)))?.commit).toBe(local);
    const theirs = repository.commit({ "a.txt": "theirs\n" });
    clone.git("fetch", "-q", "origin");
    expect((await chosen(await opened(clone.dir)))?.commit).toBe(theirs);
  });

  it("is none in an empty repository", async () => {
    expect(await chosen(await opened())).toBeNull();
  });
});
