/**
 * Reads transcripts into the facts of a new store and derives nothing: what a token counter does, and Assay's share of it.
 *
 * CLAUDE_CONFIG_DIR=FOLDER node import-facts.js HOME STORE
 */
import { importSources, discoverInputs } from "../../src/app/import-sources.ts";
import { RepositoryAccess } from "../../src/app/repository-access.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { sources } from "../../src/sources/registry.ts";
import type { SourceEnv } from "../../src/sources/source.ts";
import { FactStore } from "../../src/store/store.ts";

const [home, folder] = process.argv.slice(2);
if (home === undefined || folder === undefined) throw new Error("import-facts.js HOME STORE");

const store = await FactStore.open(folder);
try {
  const env: SourceEnv = {
    home,
    variables: process.env,
    platform: process.platform,
    gitDirs: [],
    fingerprinter: new Fingerprinter(await store.secret()),
  };
  const found = [];
  for (const source of sources.filter(({ inRepositories }) => !inRepositories))
    found.push({ source, ...(await discoverInputs(source, env)) });
  const telling = { device: null, seenAt: Date.now(), repositoryOf: noRepository };
  const { filesRead, bytesRead } = await importSources(
    store,
    found,
    ({ id }) => ({ ...telling, source: id }),
    () => {},
    new AbortController().signal,
    new RepositoryAccess(undefined, {}),
  );
  const [counted] = await store.database.all("SELECT count(DISTINCT response_key)::INTEGER AS n FROM sighting");
  console.log(JSON.stringify({ files: filesRead, bytes: bytesRead, responses: counted?.["n"] }));
} finally {
  store.close();
}

function noRepository(gitDir: string): number {
  throw new Error(`a transcript told of the repository ${gitDir}`);
}
