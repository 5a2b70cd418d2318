import type { Life } from "../attribution/model.ts";
import type { Cell } from "../store/duckdb/database.ts";

/**
 * The columns of a life that a fate depends on, in the order of derived.sql: `written_ms` to `review_ms`.
 * @param reviewedAt when a turn without lines gave a review
 */
export function strandLife(life: Life | null, reviewedAt: number | null = null): readonly Cell[] {
  if (life === null) return [...new Array<Cell>(10).fill(null), reviewedAt];
  const { writtenAt, committedAt, landedAt, releasedAt, diedAt, death, supersededAt, undoneAt, lastActiveAt } = life;
  const { repair = null, answersAt = null } = life;
  return [writtenAt, committedAt, landedAt, releasedAt, diedAt, death, supersededAt, undoneAt, lastActiveAt, repair, answersAt];
}
