import { isAbsolute, relative, resolve } from "node:path";
import { UserError } from "../contract/errors.ts";
import type { Blame } from "../contract/show.ts";
import { blameFile } from "../git/blame.ts";
import { type Git, openGit, runGit } from "../git/git.ts";
import { type RepositoryPlace, findRepository } from "../git/repository.ts";
import { nearest } from "../measures/nearest.ts";
import type { AskedFile } from "./assay.ts";
import type { Variables } from "./import-repositories.ts";
import { type BornLine, bornLines } from "./group-money.ts";
import type { Questions } from "./questions.ts";

/** A file of a repository this store knows, as HEAD has it. */
export interface KnownFile {
  readonly git: Git;
  readonly path: string;
  readonly head: string;
  readonly repositoryId: number;
  readonly repositoryName: string;
  /** What the reader must know of the file beside the numbers: that it is changed, that HEAD is not the tip. */
  readonly notes: readonly string[];
}

/**
 * Who wrote each line of a file at HEAD, and what it cost. Commits are git's own answer, asked now; author, session, grade
 * and money are the store's. Text is read from git for the screen and stored nowhere.
 * @throws UserError `no_repository`, `unknown_repository`, `unknown_file`
 */
export async function blame(questions: Questions, asked: AskedFile, variables: Variables): Promise<Blame> {
  const file = await findFile(questions, asked, variables);
  const lines = await blameFile(file.git, file.head, file.path);
  const born = await bornLines(
    questions,
    file.repositoryId,
    lines.map(({ commit }) => commit),
  );
  const known = new Map(born.map((line) => [`${line.commit} ${line.line} ${line.path}`, line]));
  const found = lines.map((line): BornLine | undefined => known.get(`${line.commit} ${line.bornLine} ${line.path}`));
  const times = await timesOf(questions, file.repositoryId, new Set(lines.map(({ commit }) => commit)));
  const missing = found.filter((line) => line === undefined).length;
  return {
    path: file.path,
    repository: file.repositoryName,
    head: file.head,
    horizon: times.horizon,
    notes: [
      ...file.notes,
      ...(missing === 0
        ? []
        : [`The store does not know ${missing} of these lines: their commits were not imported, or are not text to it.`]),
    ],
    lines: lines.map(({ line, commit, text }, i) => {
      const { authorKind = "unknown", session = null, grade = null, costNanoUsd = null } = found[i] ?? {};
      const bornAt = times.of.get(commit) ?? null;
      return { line, commit, bornAt, authorKind, session, grade, costNanoUsd: costNanoUsd === null ? null : costNanoUsd.toString(), text };
    }),
  };
}

/** When commits were made, and the newest of the default branch, as of the asked instant. */
async function timesOf({ database, instant }: Questions, repository: number, commits: ReadonlySet<string>) {
  const rows = await database.all(
    `SELECT commit_hash, commit_ms FROM commit_d
     WHERE repository_id = $repository AND list_contains(CAST(CAST($hashes AS JSON) AS VARCHAR[]), commit_hash)`,
    { repository, hashes: JSON.stringify([...commits]) },
  );
  const [known] = await database.all("SELECT horizon_ms FROM repository_d WHERE repository_id = $repository", { repository });
  const horizon = known?.["horizon_ms"] ?? null;
  return {
    of: new Map(rows.map((row) => [String(row["commit_hash"]), new Date(Number(row["commit_ms"])).toISOString()])),
    horizon: horizon === null ? null : new Date(Math.min(Number(horizon), instant)).toISOString(),
  };
}

/** Finds a file as a person names it. @throws UserError */
export async function findFile(questions: Questions, asked: AskedFile, variables: Variables): Promise<KnownFile> {
  const folder = asked.repository ?? asked.workingDir;
  const place = (await findRepository(folder, variables)) ?? (await repositoryAbove(asked, variables));
  if (place === null)
    throw new UserError("no_repository", `There is no git repository in ${folder}.`, { hint: "Name its folder with --repo." });
  const git = openGit(place.toplevel ?? place.commonDir, variables);
  const head = await headOf(git, folder);
  const path = await pathIn(git, head, place, asked);
  const { repositoryId, repositoryName, tip } = await knownRepository(questions, git, head, folder);
  const changed = place.toplevel === null ? "" : (await runGit(git, ["status", "--porcelain", "-z", "--", path])).toString("utf8");
  return {
    git,
    path,
    head,
    repositoryId,
    repositoryName,
    notes: [
      ...(changed === "" ? [] : ["The working file is changed: these are the lines of HEAD, without what is not committed."]),
      ...(tip === head
        ? []
        : [
            `HEAD (${head.slice(0, 10)}) is not the newest commit the store knows of the default branch${tip === null ? "" : ` (${tip.slice(0, 10)})`}: money that went on to other copies of a line is not shown here.`,
          ]),
    ],
  };
}

/** The repository of the folder the file itself lies in. */
async function repositoryAbove({ file, workingDir }: AskedFile, variables: Variables): Promise<RepositoryPlace | null> {
  return await findRepository(resolve(workingDir, slashed(file), ".."), variables);
}

const slashed = (file: string): string => file.replaceAll("\\", "/");

async function headOf(git: Git, folder: string): Promise<string> {
  const head = (await runGit(git, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).catch(() => Buffer.alloc(0)))
    .toString("latin1")
    .trim();
  if (head === "") throw new UserError("no_commits", `The repository in ${folder} has no commit yet.`);
  return head;
}

/** The path as the tree has it: below the working folder first, then below the root. */
async function pathIn(git: Git, head: string, place: RepositoryPlace, { file, workingDir }: AskedFile): Promise<string> {
  const typed = file.replace(/^[\\/]{2}\?[\\/]/, "");
  const candidates = [typed, slashed(typed)].flatMap((name) => {
    const below = place.toplevel === null ? null : slashed(relative(place.toplevel, resolve(workingDir, name)));
    const isDrive = /^[A-Za-z]:/.test(name);
    return [
      ...(below === null || below === "" || below.startsWith("..") ? [] : [below]),
      ...(isAbsolute(name) || isDrive ? afterRoot(name, place) : [name.replace(/^\.\//, "")]),
    ];
  });
  const tree = (await runGit(git, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", head]))
    .toString("utf8")
    .split("\0")
    .filter(Boolean);
  const names = new Set(tree);
  const path = candidates.find((candidate) => names.has(candidate));
  if (path !== undefined) return path;
  const wanted = candidates[0] ?? slashed(file);
  const ending = tree.filter(
    (name) => name === wanted || name.endsWith(`/${wanted}`) || name.split("/").at(-1) === wanted.split("/").at(-1),
  );
  const near = ending[0] ?? nearest(wanted, tree);
  throw new UserError("unknown_file", `HEAD has no file ${wanted}.`, near === null ? {} : { hint: `Did you mean ${near}?` });
}

/** An absolute path of another machine or drive: what follows the name of the work tree's folder. */
function afterRoot(name: string, { toplevel }: RepositoryPlace): string[] {
  const root = toplevel?.split(/[\\/]/).at(-1);
  const parts = slashed(name).split("/");
  const at = root === undefined ? -1 : parts.lastIndexOf(root);
  return at === -1 ? [] : [parts.slice(at + 1).join("/")];
}

async function knownRepository(questions: Questions, git: Git, head: string, folder: string) {
  const recent = (await runGit(git, ["rev-list", "--max-count=500", head])).toString("latin1").split("\n").filter(Boolean);
  const [row] = await questions.database.all(
    `SELECT r.repository_id, r.name,
       (SELECT arg_max(commit_hash, (commit_ms, commit_id)) FROM commit_d t WHERE t.repository_id = r.repository_id AND t.on_default) AS tip
     FROM commit_d c JOIN repository_d r USING (repository_id)
     WHERE list_contains(CAST(CAST($hashes AS JSON) AS VARCHAR[]), c.commit_hash) GROUP BY ALL ORDER BY count(*) DESC, r.repository_id LIMIT 1`,
    { hashes: JSON.stringify(recent) },
  );
  if (row === undefined)
    throw new UserError("unknown_repository", `The store knows no commit of the repository in ${folder}.`, {
      hint: "Read it first: assay import --repo PATH",
    });
  return {
    repositoryId: row["repository_id"] as number,
    repositoryName: String(row["name"]),
    tip: row["tip"] === null ? null : String(row["tip"]),
  };
}
