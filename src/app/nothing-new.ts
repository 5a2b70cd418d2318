import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fingerprinter } from "../lines/fingerprint.ts";
import type { Problem } from "../contract/problem.ts";
import { sources } from "../sources/registry.ts";
import type { Found, Source, SourceEnv } from "../sources/source.ts";
import type { ImportOptions, ImportSummary } from "./assay.ts";
import { findRepositories } from "./import-repositories.ts";
import { discoverInputs } from "./import-sources.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { inboxFolder } from "../store/place.ts";
import { type Seen, configPath, fileStamp, sameState } from "./seen.ts";

/** Whether every input and every repository is as the last import left it: no database is opened to find out. */
export async function isNothingNew(known: Seen, options: OpenAssayOptions, asked: ImportOptions): Promise<boolean> {
  const { variables, platform } = options;
  const { exports = [], webhooks = [], incidents = [], ask = false } = asked.forges ?? {};
  if (exports.length + webhooks.length + incidents.length > 0 || (ask && known.hasForges)) return false;
  if (known.config !== fileStamp(configPath(options))) return false;
  if (asked.ignoreTrailers !== undefined && asked.ignoreTrailers !== known.ignoreTrailers) return false;
  // A folder without a repository is said so each time, and may have become one.
  if (asked.repositories.some((folder) => !known.folders.includes(folder))) return false;
  if (known.withoutRepository.some((folder) => existsSync(join(folder, ".git")))) return false;
  const fingerprinter = new Fingerprinter("0".repeat(32)); // looking needs no key: nothing is read
  const inbox = join(options.folder, inboxFolder);
  const looking: SourceEnv = { home: asked.home, variables, platform, gitDirs: [], fingerprinter, inbox };
  for (const source of sources.filter((s) => !s.inRepositories)) {
    const { found, problems } = await discoverInputs(source, looking);
    const before = known.inputs[source.id] ?? {};
    if (problems.length > 0 || found.some((input) => !sameState(before[input.key], input.state))) return false;
  }
  const repositories = await findRepositories(Object.keys(known.repositories), variables, () => {});
  return (
    repositories.length === Object.keys(known.repositories).length &&
    repositories.every(({ clone, refsDigest }) => known.repositories[clone] === refsDigest)
  );
}

/** The summary of an import that found nothing to do. */
export function unchanged(known: Seen): ImportSummary {
  return {
    filesSeen: Object.values(known.inputs).reduce((sum, inputs) => sum + Object.keys(inputs).length, 0),
    filesRead: 0,
    bytesRead: 0,
    newUsages: 0,
    repositories: Object.keys(known.repositories).length,
    newCommits: 0,
    problems: [],
    lost: 0,
    changed: false,
  };
}

/** Lists what each of some sources has. */
export async function discover(
  wanted: readonly Source[],
  env: SourceEnv,
): Promise<{ source: Source; found: Found[]; problems: Problem[] }[]> {
  const all = [];
  for (const source of wanted) all.push({ source, ...(await discoverInputs(source, env)) });
  return all;
}
