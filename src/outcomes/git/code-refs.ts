import type { RefFact } from "../../contract/facts.ts";

/** `commitsAllRefs` counts every ref but these (RULINGS 4): checkpoint and shadow branches of Entire, and notes (git-ai's first ones stood under refs/ai). */
const notCounted = /^refs\/(?:heads\/entire\/|remotes\/[^/]+\/entire\/|entire\/|ai\/|notes\/|replace\/)/;

/** Refs whose lines are followed and linked: branches, tags, heads of pull and merge requests. */
const code = /^refs\/(?:heads|tags|remotes)\/|^refs\/pull\/\d+\/head$|^refs\/merge-requests\/\d+\/head$|^HEAD$/;

const pull = /^refs\/(?:pull\/(\d+)\/head|merge-requests\/(\d+)\/head|remotes\/[^/]+\/(?:pr|pull|mr)\/(\d+)(?:\/head)?)$/;

export function isCountedRef(name: string): boolean {
  return !notCounted.test(name);
}

export function isCodeRef(name: string): boolean {
  return isCountedRef(name) && code.test(name) && !/^refs\/remotes\/[^/]+\/(?:pr|pull)\/\d+\/merge$/.test(name);
}

/** Number of the pull or merge request a ref is the head of, null for other refs. */
export function pullRequestOf(name: string): number | null {
  const match = pull.exec(name);
  return match === null ? null : Number(match[1] ?? match[2] ?? match[3]);
}

/** Commits the chosen refs lead to, each once, in the order of the refs. */
export function tipsOf(refs: readonly RefFact[], chosen: (name: string) => boolean): readonly string[] {
  return [...new Set(refs.filter(({ name }) => chosen(name)).map(({ commit }) => commit))];
}
