/** Finds the rollouts Codex keeps on this machine. */
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf } from "../find-files.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "codex";

/** Every rollout of running and archived sessions. A compressed one is a problem: Node 20 cannot unpack it. */
export function* findRollouts({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return;
  const homes = foldersOf(variables["CODEX_HOME"], home) ?? [join(home, ".codex")];
  const folders = homes.flatMap((folder) => [join(folder, "sessions"), join(folder, "archived_sessions")]);
  for (const found of findFiles(sourceId, folders, (name) => name.endsWith(".jsonl") || name.endsWith(".jsonl.zst"))) {
    if ("problem" in found || !found.path.endsWith(".zst")) yield found;
    else
      yield {
        problem: {
          code: "compressed_input",
          severity: "notice",
          source: sourceId,
          locator: found.path,
          message: "compressed by zstd, which Node 20 cannot unpack; nothing in it was counted",
          hint: "unpack it beside itself (zstd -d) and import again",
        },
      };
  }
}

/** Id of the session in a rollout's name: `rollout-2026-01-02T10-00-00-<id>.jsonl`; the whole name where it has another form. */
export function sessionOfName(name: string): string {
  return /^rollout-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-(.+)\.jsonl$/.exec(name)?.[1] ?? name.replace(/\.jsonl$/, "");
}
