/** `assay blame` on the invented organisation, held against git's own blame and the ledger. */
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AskedFile } from "../../src/app/assay.ts";
import { blame } from "../../src/app/blame.ts";
import { bornLines } from "../../src/app/group-money.ts";
import { Questions } from "../../src/app/questions.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";
import { type Sample, Scratch, importInto, makeSample } from "./support/sample-store.ts";

const scratch = new Scratch();
const store = scratch.next();
let sample: Sample;
let questions: Questions;
let repository = "";

beforeAll(async () => {
  sample = await makeSample(scratch.next("sample"));
  await importInto(store, { home: sample.home });
  questions = await Questions.open(store, null, defaultFateParameters);
  repository = Object.values(sample.repositories)[0] ?? "";
}, 120_000);
afterAll(() => {
  questions.close();
  scratch.remove();
});

const blamed = (asked: AskedFile) => blame(questions, asked, { PATH: process.env["PATH"] });
const git = (...args: string[]): string => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" });
const filesOfHead = (): string[] => git("ls-tree", "-r", "--name-only", "HEAD").trim().split("\n");

describe("blame", () => {
  it("names for every line of every file the commit that git names, and knows all of them", async () => {
    let lines = 0;
    let agents = 0;
    for (const file of filesOfHead().slice(0, 6)) {
      const own = await blamed({ file, repository, workingDir: repository });
      const theirs = git("blame", "-s", "-l", "--root", "HEAD", "--", file).trimEnd().split("\n");
      expect(own.lines.map(({ commit }) => commit)).toEqual(theirs.map((line) => line.slice(0, 40)));
      expect(own.lines.map(({ line }) => line)).toEqual(theirs.map((_, i) => i + 1));
      expect(own.notes.filter((note) => note.includes("does not know"))).toEqual([]);
      lines += own.lines.length;
      agents += own.lines.filter(({ authorKind }) => authorKind === "agent").length;
    }
    expect(lines).toBeGreaterThan(50);
    expect(agents).toBeGreaterThan(10);
  });

  it("divides the money of each artefact group over its lines to the last nano-dollar", async () => {
    const repositories = await questions.database.all("SELECT repository_id FROM repository_d");
    for (const { repository_id } of repositories) {
      const id = repository_id as number;
      const commits = await questions.database.all("SELECT commit_hash FROM commit_d WHERE repository_id = $id", { id });
      const lines = await bornLines(
        questions,
        id,
        commits.map((row) => String(row["commit_hash"])),
      );
      const divided = lines.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0n), 0n);
      const [carried] = await questions.database.all(
        "SELECT sum(l.list_nano_usd)::VARCHAR AS nano FROM strand t JOIN ledger l USING (strand_id) WHERE t.repository_id = $id AND t.side = 'added' AND t.commit_hash IS NOT NULL",
        { id },
      );
      expect(divided).toBeGreaterThan(0n);
      expect(String(divided)).toBe(String(carried?.["nano"]));
    }
  });

  it("leaves author, session, grade and cost open where nobody is known", async () => {
    const open = [];
    for (const file of filesOfHead().slice(0, 6))
      open.push(...(await blamed({ file, repository, workingDir: repository })).lines.filter(({ session }) => session === null));
    expect(open.length).toBeGreaterThan(0);
    for (const line of open) expect(line).toMatchObject({ authorKind: "unknown", grade: null, costNanoUsd: null });
  });

  it("finds the file from the folder one stands in, by an absolute path, and as Windows writes it", async () => {
    const nested = filesOfHead().find((file) => file.includes("/")) ?? "";
    const folder = join(repository, nested.slice(0, nested.lastIndexOf("/")));
    const name = nested.slice(nested.lastIndexOf("/") + 1);
    const root = repository.split("/").at(-1);
    const typed = [
      { file: name, repository: null, workingDir: folder },
      { file: join(repository, nested), repository: null, workingDir: "/" },
      { file: nested.replaceAll("/", "\\"), repository, workingDir: "/" },
      { file: `C:\\code\\${root}\\${nested.replaceAll("/", "\\")}`, repository, workingDir: "/" },
    ];
    for (const asked of typed) expect((await blamed(asked)).path).toBe(nested);
  });

  it("says that a file is changed and that HEAD is not the newest commit known", async () => {
    const [file = ""] = filesOfHead();
    appendFileSync(join(repository, file), "one more line\n");
    const before = git("rev-parse", "HEAD").trim();
    git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "--allow-empty", "-m", "later");
    const { notes } = await blamed({ file, repository, workingDir: repository });
    git("reset", "-q", "--hard", before);
    expect(notes.join(" ")).toContain("The working file is changed");
    expect(notes.join(" ")).toContain("is not the newest commit");
    expect((await blamed({ file, repository, workingDir: repository })).notes).toEqual([]);
  });

  it("refuses a file HEAD lacks with the nearest name, a folder without repository, and one the store never read", async () => {
    const [file = ""] = filesOfHead();
    await expect(blamed({ file: `${file}x`, repository, workingDir: repository })).rejects.toMatchObject({
      code: "unknown_file",
      hint: `Did you mean ${file}?`,
    });
    const empty = scratch.next("empty");
    await expect(blamed({ file, repository: empty, workingDir: empty })).rejects.toMatchObject({ code: "no_repository" });
    execFileSync("git", ["-C", empty, "init", "-q"]);
    await expect(blamed({ file, repository: empty, workingDir: empty })).rejects.toMatchObject({ code: "no_commits" });
    const other = ["-C", empty, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "--allow-empty", "-m", "first"];
    execFileSync("git", other);
    appendFileSync(join(empty, "a.txt"), "a\n");
    execFileSync("git", ["-C", empty, "add", "a.txt"]);
    execFileSync("git", other);
    await expect(blamed({ file: "a.txt", repository: empty, workingDir: empty })).rejects.toMatchObject({
      code: "unknown_repository",
    });
  });
});
