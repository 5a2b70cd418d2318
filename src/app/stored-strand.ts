import type { FateStrand } from "../attribution/fates.ts";
import type { Life, UnlinkedReason } from "../attribution/model.ts";
import type { ActivityKind } from "../contract/facts.ts";
import type { Cell } from "../store/duckdb/database.ts";

/** What a fate depends on, of a row of table `strand`. */
export function storedStrand(cell: (name: string) => Cell): FateStrand {
  const instant = (name: string): number | null => (cell(name) === null ? null : Number(cell(name)));
  const writtenAt = instant("written_ms");
  const life: Life | null =
    writtenAt === null
      ? null
      : {
          writtenAt,
          committedAt: instant("committed_ms"),
          landedAt: instant("landed_ms"),
          releasedAt: instant("released_ms"),
          diedAt: instant("died_ms"),
          death: cell("death") as Life["death"],
          deathCommit: cell("death_commit") as string | null,
          supersededAt: instant("superseded_ms"),
          undoneAt: instant("undone_ms"),
          lastActiveAt: instant("last_active_ms"),
          repair: cell("repair") as "narrow" | "wide" | null,
          answersAt: instant("review_ms"),
        };
  return {
    unlinkedReason: cell("unlinked_reason") as UnlinkedReason | null,
    life,
    horizon: instant("horizon_ms"),
    side: cell("side") as FateStrand["side"],
    activity: cell("activity") as ActivityKind | null,
    landingIsRelease: cell("landing_is_release") as boolean,
    reviewedAt: life === null ? instant("review_ms") : null,
  };
}
