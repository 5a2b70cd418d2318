import type { Problem } from "../contract/problem.ts";
import type { TokenFact } from "../contract/facts.ts";
import type { Checkpoint, Found, Source, SourceEnv, SourceState } from "../sources/source.ts";
import type { Telling } from "../store/rows.ts";
import type { FactStore, InputState } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { FactGate, type RepositoryAccess, deniedProblem } from "./repository-access.ts";
import { sameState } from "./seen.ts";

export interface SourcesImport {
  filesSeen: number;
  filesRead: number;
  bytesRead: number;
  problems: Problem[];
  readonly states: Record<string, Record<string, SourceState>>;
}

/** Lists what a source has. Problems of discovery come back beside it. */
export async function discoverInputs(source: Source, env: SourceEnv): Promise<{ found: Found[]; problems: Problem[] }> {
  const found: Found[] = [];
  const problems: Problem[] = [];
  for await (const item of source.discover(env)) {
    if ("problem" in item) problems.push(item.problem);
    else found.push(item);
  }
  return { found, problems };
}

/**
 * Reads what is new of each source into the store. An input that has not changed is not opened; one that has grown is
 * read from where it ended. Inputs are committed whole, with their states, in batches.
 */
export async function importSources(
  store: FactStore,
  sources: readonly { source: Source; found: readonly Found[]; problems: readonly Problem[] }[],
  tell: (source: Source) => Telling,
  progress: Progress,
  signal: AbortSignal,
  access: RepositoryAccess,
): Promise<SourcesImport> {
  const result: SourcesImport = { filesSeen: 0, filesRead: 0, bytesRead: 0, problems: [], states: {} };
  for (const { source, found, problems } of sources) {
    const telling = tell(source);
    const known = await store.inputStates(source.id);
    const states: Record<string, SourceState> = {};
    result.states[source.id] = states;
    store.restartInput(source.id, "");
    for (const problem of problems) take(store, result, problem, "");
    let done = 0;
    const settled: Found[] = [];
    for (const input of found) {
      if (signal.aborted) break;
      result.filesSeen++;
      const before = known.get(input.key);
      if (!sameState(before, input.state)) {
        if (await readInput(store, source, input, before, telling, result, access)) settled.push(input);
        result.filesRead++;
        result.bytesRead += Math.max(0, input.state.size - (before?.offset ?? 0));
        if (store.isFull) await store.commit(telling.seenAt);
      } else settled.push(input);
      // What is taken away once it is read is never there unchanged.
      if (input.release === undefined) states[input.key] = input.state;
      progress(`reading ${source.title}`, ++done, found.length);
    }
    await store.commit(telling.seenAt);
    await releaseInputs(store, source, found, settled, known);
  }
  return result;
}

/**
 * Lets go of inputs that are there to be read once, after their facts are committed, and then of what the store knows of
 * them: cut off at any point, the next import finds them read and goes on here.
 */
async function releaseInputs(
  store: FactStore,
  source: Source,
  found: readonly Found[],
  settled: readonly Found[],
  known: ReadonlyMap<string, InputState>,
): Promise<void> {
  const released: string[] = [];
  for (const { key, release } of settled) {
    if (release === undefined) continue;
    await release();
    released.push(key);
  }
  const isThere = new Set(found.map(({ key }) => key));
  const gone = source.isInbox === true ? [...known.keys()].filter((key) => !isThere.has(key)) : [];
  await store.forgetInputs(source.id, [...released, ...gone]);
}

/** @returns whether it was read to its end */
async function readInput(
  store: FactStore,
  source: Source,
  input: Found,
  before: InputState | undefined,
  telling: Telling,
  result: SourcesImport,
  access: RepositoryAccess,
): Promise<boolean> {
  let finished = false;
  const from: Checkpoint | null = before
    ? { state: { size: before.size, mtimeMs: before.mtimeMs, identity: before.identity }, offset: before.offset, tail: before.tail }
    : null;
  if (from === null) store.restartInput(source.id, input.key);
  const gate = access.hasRules ? new FactGate(access, source.inRepositories) : null;
  for await (const read of input.read(from)) {
    const batch = gate === null ? read : await gate.pass(read);
    // Facts may be written before their input is done: only its state, written last, says that it was read.
    if (store.isFull) await store.commit(telling.seenAt);
    for (const item of batch) {
      if (item.kind === "fact") store.addTokenFact(item.fact satisfies TokenFact, telling);
      else if (item.kind === "problem") take(store, result, item.problem, input.key);
      else {
        const { state, offset, tail } = item.checkpoint;
        finished = true;
        store.finishInput({
          source: source.id,
          key: input.key,
          size: state.size,
          mtimeMs: state.mtimeMs,
          identity: state.identity,
          offset,
          tail,
        });
      }
    }
  }
  if (gate?.keptSomethingOut === true && from === null) take(store, result, deniedProblem("log"), input.key);
  return finished;
}

function take(store: FactStore, result: SourcesImport, problem: Problem, key: string): void {
  store.addProblem(problem, key);
  result.problems.push(problem);
}
