import { join } from "node:path";
import { UserError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import { Fingerprinter } from "../lines/fingerprint.ts";
import { sources } from "../sources/registry.ts";
import type { Source, SourceEnv } from "../sources/source.ts";
import { readRepositories, readSessions } from "../store/fact-reader.ts";
import { factsFile, inboxFolder } from "../store/place.ts";
import type { Telling } from "../store/rows.ts";
import type { FactStore } from "../store/store.ts";
import type { ImportOptions, ImportSummary } from "./assay.ts";
import { readOptionsConfig, rebuildDerived, updateDerivedFrom, withFacts } from "./derived.ts";
import { askForges } from "./ask-forges.ts";
import { addUp, importForgeFiles } from "./import-forges.ts";
import { findRepositories, importRepositories } from "./import-repositories.ts";
import { importSources } from "./import-sources.ts";
import { discover } from "./nothing-new.ts";
import { importIncidents, importWebhooks, webhookSecrets } from "./import-webhooks.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { RepositoryAccess, deniedProblem } from "./repository-access.ts";
import { configPath, fileStamp, writeSeen } from "./seen.ts";

/** Reads what is new of every source and repository (of one source alone where one is named), then computes anew what is derived. */
export async function importAll(options: OpenAssayOptions, asked: ImportOptions): Promise<ImportSummary> {
  const { folder, variables } = options;
  const factsPath = join(folder, factsFile);
  const problems: Problem[] = [];
  if (asked.only !== undefined && !sources.some(({ id }) => id === asked.only))
    throw new UserError("unknown_source", `There is no source '${asked.only}'.`, {
      hint: `There are: ${sources.map(({ id }) => id).join(", ")}.`,
    });
  const config = readOptionsConfig(options);
  const { summary, seen, updated } = await withFacts(folder, false, async (store) => {
    const seenAt = options.now();
    if (asked.ignoreTrailers !== undefined) await store.changeSetting("ignore_trailers", String(asked.ignoreTrailers));
    const access = new RepositoryAccess(config.organisation.repositories, variables);
    if ((await store.setting("access")) !== access.digest && (access.hasRules || (await store.setting("access")) !== null)) {
      // What other rules kept out or let in: all logs are read again.
      await store.database.run("DELETE FROM input_state");
      await store.forges.forget();
      await store.changeSetting("access", access.digest);
    }
    const fingerprinter = new Fingerprinter(await store.secret());
    let repositoryIds: ReadonlyMap<string, number> = new Map();
    const tell = (source: { id: string }): Telling => ({
      source: source.id,
      device: null,
      seenAt,
      repositoryOf: (gitDir) => requireId(repositoryIds, gitDir),
    });
    const env: SourceEnv = {
      home: asked.home,
      variables,
      platform: options.platform,
      gitDirs: [],
      fingerprinter,
      inbox: join(folder, inboxFolder),
    };

    // Transcripts first: they say which repositories were worked in; these hold more transcripts.
    const asksFor = (source: Source): boolean => asked.only === undefined || asked.only === source.id;
    const local = sources.filter((source) => !source.inRepositories && asksFor(source));
    const within = sources.filter((source) => source.inRepositories && asksFor(source));
    const logs = await importSources(store, await discover(local, env), tell, asked.progress, asked.signal, access);

    const folders: string[] = [];
    for (const folder of within.length === 0
      ? []
      : new Set([...asked.repositories, ...(asked.home === null ? [] : await ranIn(store)), ...(await knownFolders(store))])) {
      if (await access.allowsFolder(folder)) folders.push(folder);
      else if (asked.repositories.includes(folder)) problems.push(deniedProblem("repository"));
    }
    const withoutRepository: string[] = [];
    const found = await findRepositories(folders, variables, (missing) => {
      withoutRepository.push(missing);
      if (asked.repositories.includes(missing)) problems.push(noRepository(missing));
    });
    const repositories = await importRepositories(store, found, { fingerprinter, seenAt, progress: asked.progress, signal: asked.signal });
    repositoryIds = repositories.ids;
    const kept = await importSources(
      store,
      await discover(within, { ...env, gitDirs: found.map(({ clone }) => clone) }),
      tell,
      asked.progress,
      asked.signal,
      access,
    );

    // Forges last: by then it is known which remotes the repositories have.
    const namedForges = config.organisation.forges ?? [];
    const context = { seenAt, progress: asked.progress, signal: asked.signal, access };
    const revision = await store.revision();
    const forges =
      asked.only !== undefined
        ? addUp([])
        : addUp([
            await importForgeFiles(store, asked.forges?.exports ?? [], context),
            await importWebhooks(store, asked.forges?.webhooks ?? [], webhookSecrets(namedForges, variables), context),
            await importIncidents(store, asked.forges?.incidents ?? [], context),
            await askForges(store, asked.forges?.ask === true ? namedForges : [], options, context),
          ]);

    const changed =
      logs.filesRead + kept.filesRead + repositories.newCommits + repositories.changedClones > 0 ||
      (await store.revision()) !== revision ||
      asked.ignoreTrailers !== undefined;
    const all = [...problems, ...logs.problems, ...repositories.problems, ...kept.problems, ...forges.problems];
    const summary: ImportSummary = {
      filesSeen: logs.filesSeen + kept.filesSeen + forges.filesSeen,
      filesRead: logs.filesRead + kept.filesRead + forges.filesRead,
      bytesRead: logs.bytesRead + kept.bytesRead + forges.bytesRead,
      newUsages: 0,
      repositories: found.length,
      newCommits: repositories.newCommits,
      ...(forges.facts > 0 ? { forgeFacts: forges.facts } : {}),
      problems: all,
      lost: all.filter((problem) => problem.severity === "lost").reduce((sum, problem) => sum + (problem.count ?? 1), 0),
      changed,
    };
    const ignoreTrailers = (await store.setting("ignore_trailers")) === "true";
    return {
      summary,
      updated: asked.signal.aborted ? null : await updateDerivedFrom(store, options, asked.progress),
      seen:
        asked.signal.aborted || asked.only !== undefined
          ? null
          : {
              version: options.version,
              inputs: { ...logs.states, ...kept.states },
              repositories: Object.fromEntries(found.map(({ clone, refsDigest }) => [clone, refsDigest])),
              folders: folders.filter((folder) => !withoutRepository.includes(folder)),
              withoutRepository,
              ignoreTrailers,
              hasForges: namedForges.some(({ repositories }) => repositories !== undefined),
              config: fileStamp(configPath(options)),
            },
    };
  });
  if (asked.signal.aborted) return summary; // stopped: what was read is kept, the next import goes on
  const { before, after } = updated ?? (await rebuildDerived(options, asked.progress));
  const facts = fileStamp(factsPath);
  if (seen !== null && facts !== null) writeSeen(folder, { ...seen, facts });
  return { ...summary, newUsages: after - before };
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
    code: "no_repository",
    severity: "notice",
    source: "git",
    locator: folder,
    message: "There is no git repository in this folder.",
    hint: "Give the folder of a work tree, or a bare repository, with --repo.",
  };
}
