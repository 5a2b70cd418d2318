import { statSync } from "node:fs";
import { UserError } from "../contract/errors.ts";
import type { ForgeFact } from "../contract/forge-facts.ts";
import type { Problem } from "../contract/problem.ts";
import { type ValueReader, readExportFile, sourceId, tailBefore } from "../outcomes/forge/export-file.ts";
import type { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { type RepositoryAccess, deniedProblem } from "./repository-access.ts";

/** What reading forges brought. */
export interface ForgesImport {
  filesSeen: number;
  filesRead: number;
  bytesRead: number;
  /** Told, whether they were known before or not. */
  facts: number;
  readonly problems: Problem[];
}

export interface ForgesContext {
  readonly seenAt: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly access: RepositoryAccess;
}

export const noForges = (): ForgesImport => ({ filesSeen: 0, filesRead: 0, bytesRead: 0, facts: 0, problems: [] });

/**
 * Reads files of API objects. Each part goes into the store with the place it ends at, in one transaction: a killed import
 * goes on from there, and a file that is as it was is not opened.
 * @param source what its states and problems are kept under: one file may be read in more than one way
 * @throws UserError `no_such_file`
 */
export async function importForgeFiles(
  store: FactStore,
  files: readonly string[],
  context: ForgesContext,
  source = sourceId,
  read?: ValueReader,
): Promise<ForgesImport> {
  const result = noForges();
  const known = await store.inputStates(source);
  for (const [done, path] of files.entries()) {
    if (context.signal.aborted) break;
    context.progress("reading what forges told", done, files.length);
    result.filesSeen++;
    const state = stateOf(path);
    const before = known.get(path);
    if (before && before.size === state.size && before.mtimeMs === state.mtimeMs) continue;
    // Where a torn end was left, size and offset differ: what has grown since is read as a whole, and the problem goes.
    const isSame =
      before !== undefined && before.identity === state.identity && before.size === before.offset && before.offset <= state.size;
    const from = isSame && (await tailBefore(path, before.offset)) === before.tail ? before.offset : 0;
    if (from === 0) store.restartInput(source, path);
    result.filesRead++;
    result.bytesRead += state.size - from;
    for await (const part of readExportFile(path, from, read)) {
      tell(store, part.facts, context, result, path);
      for (const problem of part.problems) take(store, result, { ...problem, source }, path);
      const { offset, tail } = part;
      // Until all is read the size kept is the offset, so that the file does not look as it was.
      const size = part.isLast ? state.size : offset;
      store.finishInput({ source, key: path, size, mtimeMs: state.mtimeMs, identity: state.identity, offset, tail });
      if (store.isFull || context.signal.aborted) await store.commit(context.seenAt);
      if (context.signal.aborted) break;
    }
  }
  await store.commit(context.seenAt);
  return result;
}

function stateOf(path: string): { readonly size: number; readonly mtimeMs: number; readonly identity: string } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile())
    throw new UserError("no_such_file", `There is no file ${path}.`, { hint: "Give the path of an export, a file of JSON." });
  return { size: stats.size, mtimeMs: stats.mtimeMs, identity: `${stats.dev}:${stats.ino}` };
}

/** Hands facts to the store, less those of repositories that may not be read. */
export function tell(
  store: FactStore,
  facts: readonly ForgeFact[],
  { access, seenAt }: Pick<ForgesContext, "access" | "seenAt">,
  result: ForgesImport,
  key: string,
): void {
  let isDenied = false;
  for (const fact of facts) {
    if ("repository" in fact && fact.repository !== "" && access.hasRules && !access.allowsNames([fact.repository])) {
      isDenied = true;
      continue;
    }
    store.addForgeFact(fact, seenAt);
    result.facts++;
  }
  if (isDenied && !result.problems.some(({ code }) => code === "repository_denied")) take(store, result, deniedProblem("repository"), key);
}

export function take(store: FactStore, result: ForgesImport, problem: Problem, key: string): void {
  store.addProblem(problem, key);
  result.problems.push(problem);
}

export function addUp(imports: readonly ForgesImport[]): ForgesImport {
  const all = noForges();
  for (const one of imports) {
    all.filesSeen += one.filesSeen;
    all.filesRead += one.filesRead;
    all.bytesRead += one.bytesRead;
    all.facts += one.facts;
    all.problems.push(...one.problems);
  }
  return all;
}
