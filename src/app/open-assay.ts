import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Fingerprinter } from "../lines/fingerprint.ts";
import type { Problem } from "../contract/problem.ts";
import { describeMeasures } from "../measures/catalogue.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { sources } from "../sources/registry.ts";
import type { Found, Source, SourceEnv } from "../sources/source.ts";
import { hasDerived, writeDerived } from "../store/derived-store.ts";
import { readRepositories, readSessions } from "../store/fact-reader.ts";
import type { Telling } from "../store/rows.ts";
import { FactStore, factsFile } from "../store/store.ts";
import { answerQuestion } from "./answer.ts";
import type { Assay, AskOptions, ImportOptions, ImportSummary, Progress, SourceRow } from "./assay.ts";
import { auditStore } from "./audit.ts";
import { compute, loadFacts } from "./compute.ts";
import { type Config, readConfig } from "./config.ts";
import { derivedRows } from "./derived-rows.ts";
import { explain } from "./explain.ts";
import { type Variables, findRepositories, importRepositories } from "./import-repositories.ts";
import { discoverInputs, importSources } from "./import-sources.ts";
import { Questions } from "./questions.ts";
import { type Seen, fileStamp, forgetSeen, readSeen, sameState, writeSeen } from "./seen.ts";
import { showChange, showCommit, showSession } from "./show.ts";
import { sourceRows } from "./source-rows.ts";

export interface OpenAssayOptions {
  /** Folder of the store, absolute; made when missing. */
  readonly folder: string;
  /** assay.yaml, absolute; null for the one beside the store, if there is one. */
  readonly configFile: string | null;
  readonly isSample: boolean;
  readonly version: string;
  readonly variables: Variables;
  readonly platform: NodeJS.Platform;
  /** Gives memory back between the steps of a rebuild, which leave much behind: without it the peak is a third higher. */
  releaseMemory(): void;
  /** UTC milliseconds: only for `first_seen` and bookkeeping, never for an answer. */
  now(): number;
}

/** Bumped when what is derived from equal facts changes: an older derived file is built anew. */
const derivedVersion = "1";

/** Opens the store of a folder for the use cases. Databases are opened by the call that needs them and closed with it. */
export function openAssay(options: OpenAssayOptions): Assay {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const config = readConfig(options.configFile ?? join(options.folder, "assay.yaml"), options.configFile !== null);
  const { folder } = options;

  const withFacts = async <T>(readOnly: boolean, use: (store: FactStore) => Promise<T>): Promise<T> => {
    const store = await FactStore.open(folder, { readOnly });
    try {
      return await use(store);
    } finally {
      store.close();
    }
  };
  const withQuestions = async <T>({ asOf }: AskOptions, use: (questions: Questions) => Promise<T>): Promise<T> => {
    await ensureDerived(options, config, withFacts);
    const questions = await Questions.open(folder, asOf, config.fates);
    try {
      return await use(questions);
    } finally {
      questions.close();
    }
  };
  const listSources = (questions: Questions): Promise<SourceRow[]> => withFacts(true, (store) => sourceRows(store, questions.database, sources));

  return {
    import: (asked) => importAll(options, config, asked, withFacts),
    rebuild: async ({ ignoreTrailers, progress }) => {
      if (ignoreTrailers !== undefined) await withFacts(false, (store) => store.changeSetting("ignore_trailers", String(ignoreTrailers)));
      await rebuildDerived(options, config, progress, withFacts);
      forgetSeen(folder);
    },
    answer: (asked) =>
      withQuestions(asked, async (questions) => {
        const context = await withFacts(true, async (store) => ({
          isSample: options.isSample, ignoreTrailers: (await store.setting("ignore_trailers")) === "true",
          sources: await sourceRows(store, questions.database, sources), problems: await problemCounts(store),
        }));
        return await answerQuestion(questions, context);
      }),
    audit: (asked) => withQuestions(asked, async (questions) => await auditStore(questions, await listSources(questions), asked.links)),
    showSession: (id, asked) => withQuestions(asked, (questions) => showSession(questions, id)),
    showChange: (id, asked) => withQuestions(asked, (questions) => showChange(questions, id)),
    showCommit: (id, asked) => withQuestions(asked, (questions) => showCommit(questions, id)),
    explain: (subject, asked) => withQuestions(asked, (questions) => explain(questions, subject)),
    measures: () => describeMeasures(),
    sources: () => withQuestions({ asOf: null }, listSources),
    problems: () => withFacts(true, listProblems),
    close: () => Promise.resolve(),
  };
}

type WithFacts = <T>(readOnly: boolean, use: (store: FactStore) => Promise<T>) => Promise<T>;

/** A derived file that is missing (killed before its rename) is made from the facts. */
async function ensureDerived(options: OpenAssayOptions, config: Config, withFacts: WithFacts): Promise<void> {
  if (!hasDerived(options.folder)) await rebuildDerived(options, config, () => {}, withFacts);
}

async function rebuildDerived({ folder, releaseMemory }: OpenAssayOptions, config: Config, asked: Progress, withFacts: WithFacts): Promise<void> {
  const progress: Progress = (step, done, total) => {
    if (done === undefined) releaseMemory();
    asked(step, done, total);
  };
  // The facts are closed before anything is computed: two databases and all lines at once would double the peak.
  const { loaded, ignoreTrailers } = await withFacts(true, async (store) => ({
    loaded: await loadFacts(store, progress), ignoreTrailers: (await store.setting("ignore_trailers")) === "true",
  }));
  const computed = compute(loaded, createPriceBook(config.prices), { ignoreTrailers, defaultBranches: config.defaultBranches }, progress);
  progress("writing what is derived");
  await writeDerived(folder, derivedRows(computed, { version: derivedVersion, ignore_trailers: String(ignoreTrailers) }), releaseMemory);
}

async function importAll(options: OpenAssayOptions, config: Config, asked: ImportOptions, withFacts: WithFacts): Promise<ImportSummary> {
  const { folder, variables } = options;
  const factsPath = join(folder, factsFile);
  const problems: Problem[] = [];
  const known = readSeen(folder, factsPath, options.version);
  if (known && (await nothingNew(known, options, asked))) return unchanged(known);

  const { summary, seen } = await withFacts(false, async (store) => {
    const seenAt = options.now();
    if (asked.ignoreTrailers !== undefined) await store.changeSetting("ignore_trailers", String(asked.ignoreTrailers));
    const fingerprinter = new Fingerprinter(await store.secret());
    let repositoryIds: ReadonlyMap<string, number> = new Map();
    const tell = (source: { id: string }): Telling => ({ source: source.id, device: null, seenAt, repositoryOf: (gitDir) => requireId(repositoryIds, gitDir) });
    const env: SourceEnv = { home: asked.home, variables, platform: options.platform, gitDirs: [], fingerprinter };

    // Transcripts first: they say which repositories were worked in; these hold more transcripts.
    const local = sources.filter((source) => !source.inRepositories);
    const logs = await importSources(store, await discover(local, env), tell, asked.progress, asked.signal);

    const folders = [...new Set([...asked.repositories, ...(asked.home === null ? [] : await ranIn(store)), ...(await knownFolders(store))])];
    const found = await findRepositories(folders, variables, (missing) => {
      if (asked.repositories.includes(missing)) problems.push(noRepository(missing));
    });
    const repositories = await importRepositories(store, found, { fingerprinter, seenAt, progress: asked.progress, signal: asked.signal });
    repositoryIds = repositories.ids;
    const within = sources.filter((source) => source.inRepositories);
    const kept = await importSources(store, await discover(within, { ...env, gitDirs: found.map(({ clone }) => clone) }), tell, asked.progress, asked.signal);

    const changed = logs.filesRead + kept.filesRead + repositories.newCommits + repositories.changedClones > 0 || asked.ignoreTrailers !== undefined || !hasDerived(folder);
    const all = [...problems, ...logs.problems, ...repositories.problems, ...kept.problems];
    const newUsages = 0;
    const summary: ImportSummary = {
      filesSeen: logs.filesSeen + kept.filesSeen, filesRead: logs.filesRead + kept.filesRead, bytesRead: logs.bytesRead + kept.bytesRead, newUsages,
      repositories: found.length, newCommits: repositories.newCommits, problems: all,
      lost: all.filter((problem) => problem.severity === "lost").reduce((sum, problem) => sum + (problem.count ?? 1), 0), changed,
    };
    const ignoreTrailers = (await store.setting("ignore_trailers")) === "true";
    return {
      summary,
      seen: asked.signal.aborted ? null : {
        version: options.version, inputs: { ...logs.states, ...kept.states }, repositories: Object.fromEntries(found.map(({ clone, refsDigest }) => [clone, refsDigest])),
        folders, ignoreTrailers,
      },
    };
  });
  if (!seen) return summary; // stopped: what was read is kept, the next import goes on
  if (summary.changed) await rebuildDerived(options, config, asked.progress, withFacts);
  const facts = fileStamp(factsPath);
  if (facts !== null) writeSeen(folder, { ...seen, facts });
  return summary;
}

/** Whether every input and every repository is as the last import left it: no database is opened to find out. */
async function nothingNew(known: Seen, { variables, platform }: OpenAssayOptions, asked: ImportOptions): Promise<boolean> {
  if (asked.ignoreTrailers !== undefined && asked.ignoreTrailers !== known.ignoreTrailers) return false;
  if (asked.repositories.some((folder) => !known.folders.includes(folder))) return false;
  const looking: SourceEnv = { home: asked.home, variables, platform, gitDirs: [], fingerprinter: new Fingerprinter("0".repeat(32)) };
  for (const source of sources.filter((s) => !s.inRepositories)) {
    const { found, problems } = await discoverInputs(source, looking);
    const before = known.inputs[source.id] ?? {};
    if (problems.length > 0 || found.some((input) => !sameState(before[input.key], input.state))) return false;
  }
  const repositories = await findRepositories(Object.keys(known.repositories), variables, () => {});
  return repositories.length === Object.keys(known.repositories).length && repositories.every(({ clone, refsDigest }) => known.repositories[clone] === refsDigest);
}

function unchanged(known: Seen): ImportSummary {
  return {
    filesSeen: Object.values(known.inputs).reduce((sum, inputs) => sum + Object.keys(inputs).length, 0), filesRead: 0, bytesRead: 0, newUsages: 0,
    repositories: Object.keys(known.repositories).length, newCommits: 0, problems: [], lost: 0, changed: false,
  };
}

async function discover(wanted: readonly Source[], env: SourceEnv): Promise<{ source: Source; found: Found[]; problems: Problem[] }[]> {
  const all = [];
  for (const source of wanted) all.push({ source, ...(await discoverInputs(source, env)) });
  return all;
}

/** Folders sessions ran in. Most are of this machine; the others lead nowhere and are skipped. */
async function ranIn(store: FactStore): Promise<string[]> {
  return (await readSessions(store)).flatMap(({ cwd }) => (cwd === null ? [] : [cwd]));
}

/** Copies of repositories this store has read before. */
async function knownFolders(store: FactStore): Promise<string[]> {
  return (await readRepositories(store)).repositories.flatMap(({ clones }) => clones.map(({ clone }) => clone));
}

function requireId(ids: ReadonlyMap<string, number>, gitDir: string): number {
  const id = ids.get(gitDir);
  if (id === undefined) throw new Error(`a source told of ${gitDir}, which is no repository of this import`);
  return id;
}

function noRepository(folder: string): Problem {
  return {
    code: "no_repository", severity: "notice", source: "git", locator: folder, message: "There is no git repository in this folder.",
    hint: "Give the folder of a work tree, or a bare repository, with --repo.",
  };
}

async function listProblems(store: FactStore): Promise<Problem[]> {
  const rows = await store.database.all("SELECT * FROM problem ORDER BY severity, source, code, locator");
  return rows.map((row): Problem => ({
    code: String(row["code"]), severity: row["severity"] as Problem["severity"], source: String(row["source"]), locator: String(row["locator"]),
    message: String(row["message"]), ...(row["hint"] === null ? {} : { hint: String(row["hint"]) }), count: row["occurrences"] as number,
  }));
}

async function problemCounts(store: FactStore): Promise<{ code: string; severity: Problem["severity"]; count: number; message: string }[]> {
  const rows = await store.database.all(
    "SELECT code, severity, sum(occurrences)::INTEGER AS n, min(message) AS message FROM problem GROUP BY code, severity ORDER BY severity, n DESC, code",
  );
  return rows.map((row) => ({ code: String(row["code"]), severity: row["severity"] as Problem["severity"], count: row["n"] as number, message: String(row["message"]) }));
}
