import type { CommitFact } from "../contract/facts.ts";
import type { ForgeHistory } from "../contract/forge-facts.ts";
import type { ToldChanges } from "../contract/history.ts";
import { readForgeHistory, readForgeRepositories } from "../store/forge-reader.ts";
import type { StoredRepository } from "../store/fact-reader.ts";
import type { FactStore } from "../store/store.ts";

/** What the forge of a repository told: its whole history, for whoever asks of reviews, deployments or issues. */
export type ForgeOutcomes = ForgeHistory;

/**
 * What was told of a repository under one of its remotes. Where several remotes have a forge (a fork beside what it was
 * forked from), numbers would mix: the one counts whose changes name the most commits of this repository, then the smaller name.
 */
export async function loadForge(
  store: FactStore,
  { aliases }: Pick<StoredRepository, "aliases">,
  commits: readonly Pick<CommitFact, "hash">[],
): Promise<ForgeOutcomes | null> {
  const remotes = new Set(aliases.filter(({ kind }) => kind === "remote").map(({ value }) => value.toLowerCase()));
  const addresses = (await readForgeRepositories(store)).filter((address) => remotes.has(address));
  let best: { readonly history: ForgeHistory; readonly named: number } | null = null;
  const known = new Set(commits.map(({ hash }) => hash));
  for (const address of addresses) {
    const history = await readForgeHistory(store, address);
    if (history === null) continue;
    const named = history.changes.filter((change) =>
      [change.mergeCommit, change.squashCommit, change.headCommit].some((hash) => hash !== null && known.has(hash)),
    ).length;
    if (best === null || named > best.named) best = { history, named };
  }
  return best?.history ?? null;
}

/** As far as it decides where commits belong. */
export function toldChanges({ changes, issues }: ForgeOutcomes, defaultBranch: string | null): ToldChanges {
  return {
    changes: changes.map(({ number, state, landedAt, mergeCommit, squashCommit, headCommit, baseRef }) => ({
      number,
      state,
      landedAt,
      landingCommits: [mergeCommit, squashCommit].filter((hash) => hash !== null),
      headCommit,
      toDefault: baseRef === null || defaultBranch === null ? null : defaultBranch === baseRef,
    })),
    issues: new Set(issues.map(({ number }) => number)),
  };
}
