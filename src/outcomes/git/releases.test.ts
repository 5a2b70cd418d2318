import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRepository } from "./index.ts";
import { findReleases, parseReleaseTag } from "./releases.ts";
import { TestRepository, readHistory } from "./test-repository.ts";

describe("a release tag", () => {
  it.each([
    ["v1.2.3", false],
    ["1.2", false],
    ["pkg@1.2.3", false],
    ["apps/web/v2.0.0", false],
    ["release-4.1", false],
    ["v1.2.3+build.5", false],
    ["v1.2.3-1", false],
    ["v1.2.3-rc.1", true],
    ["create-vite@5.0.0-beta.12", true],
    ["1.0b2", true],
    ["2.0.0.dev1", true],
    ["v3.0.0-alpha", true],
    ["v1.0.0-next.4", true],
  ])("%s is a pre-release: %s", (tag, preRelease) => expect(parseReleaseTag(tag)).toEqual({ preRelease }));

  it.each(["latest", "v1", "nightly", "before-rewrite"])("%s is none", (tag) => expect(parseReleaseTag(tag)).toBeNull());
});

describe("releases", () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  async function releasesOf(): Promise<{ readonly tags: readonly string[]; readonly of: (hash: string) => string }> {
    const { commits } = await readHistory(repository.dir);
    const { releases, releaseOf } = findReleases(commits, (await openRepository(repository.dir, process.env))?.refs ?? []);
    return {
      tags: releases.map(({ tag }) => tag),
      of: (hash) => releases[releaseOf[commits.findIndex((commit) => commit.hash === hash)] ?? -1]?.tag ?? "-",
    };
  }

  it("hold what they are the first to contain, branches that were merged included", async () => {
    const one = repository.commit({ "a.txt": "1\n" });
    repository.git("tag", "v1.0.0");
    repository.git("checkout", "-q", "-b", "topic");
    const inner = repository.commit({ "b.txt": "b\n" });
    repository.git("checkout", "-q", "main");
    const two = repository.commit({ "a.txt": "2\n" });
    const merge = repository.merge(["topic"]);
    repository.git("tag", "-a", "-m", "annotated", "v1.1.0");
    const three = repository.commit({ "a.txt": "3\n" });
    repository.git("tag", "not-a-release");
    const { tags, of } = await releasesOf();
    expect(tags).toEqual(["v1.0.0", "v1.1.0"]);
    expect([one, inner, two, merge, three].map(of)).toEqual(["v1.0.0", "v1.1.0", "v1.1.0", "v1.1.0", "-"]);
  });

  it("are ordered by their place in history, not by the tag's date nor by a wrong clock", async () => {
    const one = repository.commit({ "a.txt": "1\n" });
    const early = { ...repository.environment, GIT_COMMITTER_DATE: "2001-01-01T00:00:00Z" };
    const tree = repository.git("rev-parse", "HEAD^{tree}");
    const { execFileSync } = await import("node:child_process");
    const two = execFileSync("git", ["-C", repository.dir, "commit-tree", tree, "-p", one, "-m", "wrong clock"], {
      env: early,
      encoding: "utf8",
    }).trim();
    repository.git("reset", "-q", "--hard", two);
    repository.git("tag", "v2.0.0", two);
    repository.git("tag", "-a", "-m", "dated anew", "v1.0.0", one);
    const { tags, of } = await releasesOf();
    expect(tags).toEqual(["v1.0.0", "v2.0.0"]);
    expect([one, two].map(of)).toEqual(["v1.0.0", "v2.0.0"]);
  });

  it("off the default branch hold their own commits", async () => {
    const base = repository.commit({ "a.txt": "1\n" });
    repository.git("checkout", "-q", "-b", "v1");
    const fix = repository.commit({ "a.txt": "fixed\n" });
    repository.git("tag", "v1.0.1");
    repository.git("checkout", "-q", "main");
    const next = repository.commit({ "b.txt": "2\n" });
    repository.git("tag", "v2.0.0-rc.1");
    const { of } = await releasesOf();
    expect([base, fix, next].map(of)).toEqual(["v1.0.1", "v1.0.1", "v2.0.0-rc.1"]);
  });
});
