import { describe, expect, it } from "vitest";
import { PathLocator } from "./locate.ts";

const harbour = {
  id: 1,
  folders: ["/home/ana/harbour"],
  paths: new Set(["src/api/book.ts", "src/api/cancel.ts", "src/db/store.ts", "README.md"]),
};
const tide = { id: 2, folders: [], paths: new Set(["cmd/tide/main.go", "internal/wave/wave.go", "README.md"]) };
const session = (session: string, paths: string[], repository: number | null = null, folders: string[] = []) => ({
  session,
  paths,
  folders,
  repository,
});

describe("locating a logged path", () => {
  it("knows the work trees of this machine, new files in them too", () => {
    const locator = new PathLocator([harbour, tide], []);
    expect(locator.locate("/home/ana/harbour/src/new/file.ts")).toEqual({ repository: 1, path: "src/new/file.ts" });
    expect(locator.repositoryOf("/home/ana/harbour/src")).toBe(1);
  });

  it("finds another machine's checkout by the files it explains, then knows new files in it", () => {
    const paths = [
      "/Users/bo/code/h2/src/api/book.ts",
      "/Users/bo/code/h2/src/api/cancel.ts",
      "/Users/bo/code/h2/src/db/store.ts",
      "/Users/bo/code/h2/src/api/new.ts",
    ];
    const locator = new PathLocator([harbour, tide], [session("s", paths)]);
    expect(locator.locate("/Users/bo/code/h2/src/api/new.ts")).toEqual({ repository: 1, path: "src/api/new.ts" });
  });

  it("reads Windows paths", () => {
    const paths = ["C:\\dev\\harbour\\src\\api\\book.ts", "C:\\dev\\harbour\\src\\api\\cancel.ts", "C:\\dev\\harbour\\src\\db\\store.ts"];
    const locator = new PathLocator([harbour, tide], [session("s", paths)]);
    expect(locator.locate("C:\\dev\\harbour\\src\\api\\book.ts")).toEqual({ repository: 1, path: "src/api/book.ts" });
  });

  it("does not take a folder for a checkout on one README", () => {
    const locator = new PathLocator([harbour, tide], [session("s", ["/Users/bo/notes/README.md", "/Users/bo/notes/plan.md"])]);
    expect(locator.locate("/Users/bo/notes/README.md")).toBeNull();
  });

  it("tells two repositories apart by what each explains", () => {
    const locator = new PathLocator(
      [harbour, tide],
      [
        session("a", ["/w/one/src/api/book.ts", "/w/one/src/api/cancel.ts", "/w/one/README.md"]),
        session("b", ["/w/two/cmd/tide/main.go", "/w/two/internal/wave/wave.go", "/w/two/README.md"]),
      ],
    );
    expect(locator.locate("/w/one/README.md")).toEqual({ repository: 1, path: "README.md" });
    expect(locator.locate("/w/two/README.md")).toEqual({ repository: 2, path: "README.md" });
  });

  it("takes a folder for the one repository that explains most of its files, and for none where two explain as many", () => {
    const twin = { id: 3, folders: [], paths: new Set(["src/api/book.ts", "src/api/cancel.ts", "README.md", "src/own.ts"]) };
    const below = (folder: string, ...names: readonly string[]): string[] => names.map((name) => `${folder}/${name}`);
    const shared = below("/Users/bo/h2", "src/api/book.ts", "src/api/cancel.ts", "README.md");
    const even = new PathLocator([harbour, twin], [session("s", shared)]);
    expect(even.locate("/Users/bo/h2/src/api/book.ts")).toBeNull();
    const told = new PathLocator([harbour, twin], [session("s", shared), session("t", ["/Users/bo/h2/src/own.ts"])]);
    expect(told.locate("/Users/bo/h2/src/api/book.ts")).toEqual({ repository: 3, path: "src/api/book.ts" });
    expect(told.locate("/Users/bo/h2/src/db/store.ts")).toEqual({ repository: 3, path: "src/db/store.ts" });
  });

  it("believes a session of a repository's own branch on one file below a sub-folder", () => {
    const path = "/Users/bo/soph-multi/src/db/store.ts";
    expect(new PathLocator([harbour, tide], [session("s", [path], 1, ["/srv/elsewhere"])]).locate(path)).toEqual({
      repository: 1,
      path: "src/db/store.ts",
    });
    expect(new PathLocator([harbour, tide], [session("s", [path])]).locate(path)).toBeNull();
  });

  it("believes it on any file where the folder holds the one it ran in, or lies in it", () => {
    const ranIn = (folder: string): PathLocator =>
      new PathLocator([harbour, tide], [session("s", ["/w/dev/harbour/README.md"], 1, [folder])]);
    for (const folder of ["/w/dev/harbour/src", "/w/dev/harbour", "/w/dev"])
      expect(ranIn(folder).locate("/w/dev/harbour/README.md")).toEqual({ repository: 1, path: "README.md" });
    expect(ranIn("/w/dev/other").locate("/w/dev/harbour/README.md")).toBeNull();
  });

  it("knows a worktree inside the checkout, each file once", () => {
    const paths = ["/w/harbour/src/api/book.ts", "/w/harbour/.worktrees/fog/README.md", "/w/harbour/.worktrees/fog/src/api/cancel.ts"];
    const locator = new PathLocator([harbour, tide], [session("s", paths, 1, ["/w/harbour"])]);
    expect(paths.map((path) => locator.locate(path)?.path)).toEqual(["src/api/book.ts", "README.md", "src/api/cancel.ts"]);
    expect(locator.locate("/w/harbour/.worktrees/fog/src/new.ts")?.path).toBe("src/new.ts");
  });

  it("finds the files of a worktree that is gone by the checkout it lay in", () => {
    const locator = new PathLocator([harbour, tide], []);
    const at = (path: string): string | undefined => locator.locate(`/home/ana/harbour/${path}`)?.path;
    expect(at(".claude/worktrees/fog/src/api/book.ts")).toBe("src/api/book.ts");
    expect(at(".worktrees/ana/fog/src/api/book.ts")).toBe("src/api/book.ts");
    expect(at(".claude/worktrees/fog/src/new.ts")).toBe("src/new.ts");
    expect(at("src/worktrees.ts")).toBe("src/worktrees.ts");
  });

  it("takes the folder a session of a repository's own branch ran in for its checkout, where no known path says otherwise", () => {
    const locator = new PathLocator([harbour, tide], [session("s", ["/w/fresh/lib/first.ts"], 2, ["/w/fresh"])]);
    expect(locator.locate("/w/fresh/lib/first.ts")).toEqual({ repository: 2, path: "lib/first.ts" });
  });

  it("reads a Windows worktree, whatever the case of its drive letter", () => {
    const paths = ["C:\\dev\\harbour\\.claude\\worktrees\\fog\\src\\api\\book.ts"];
    const locator = new PathLocator([harbour, tide], [session("s", paths, 1, ["c:\\dev\\harbour"])]);
    expect(locator.locate("c:\\dev\\harbour\\.claude\\worktrees\\fog\\README.md")).toEqual({ repository: 1, path: "README.md" });
  });

  it("sends each write of one session to its own repository", () => {
    const paths = [
      "/w/harbour/src/api/book.ts",
      "/w/harbour/src/api/cancel.ts",
      "/w/harbour/README.md",
      "/w/tide/cmd/tide/main.go",
      "/w/tide/internal/wave/wave.go",
      "/w/tide/README.md",
    ];
    const locator = new PathLocator([{ ...harbour, folders: [] }, tide], [session("s", paths, null, ["/w"])]);
    expect(paths.map((path) => locator.locate(path)?.repository)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it("takes a path without a folder for one of the repository that keeps its session, and of no other", () => {
    const locator = new PathLocator([harbour, tide], []);
    expect(locator.locate("./src/new.ts", 1)).toEqual({ repository: 1, path: "src/new.ts" });
    expect(locator.locate("README.md")).toBeNull();
    expect(locator.locate("../README.md", 1)).toBeNull();
    expect(locator.locate("~/README.md", 1)).toBeNull();
    expect(locator.locate(".git/config", 1)).toBeNull();
  });

  it("leaves git's own files and what lies outside alone", () => {
    const locator = new PathLocator([harbour], []);
    expect(locator.locate("/home/ana/harbour/.git/COMMIT_EDITMSG")).toBeNull();
    expect(locator.locate("/home/ana/.claude/plans/one.md")).toBeNull();
  });
});
