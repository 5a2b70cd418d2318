/** Sorting and paging of a list, kept in the address. */
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import type { PageSearch } from "../url/page-search.ts";

export function SortTitle({
  sort,
  by,
  children,
  fallback,
}: {
  readonly sort: string | undefined;
  readonly by: string;
  readonly children: string;
  readonly fallback: string;
}): ReactElement {
  const now = sort ?? fallback;
  const next = now === by ? `${by}:asc` : by;
  return (
    <Link
      to="."
      search={(search: PageSearch) => ({ ...search, sort: next })}
      title={`Sort by ${children.toLowerCase()}`}
      resetScroll={false}
    >
      {children}
    </Link>
  );
}

export function sortedAs(sort: string | undefined, by: string, fallback: string): "ascending" | "descending" | undefined {
  const [column, direction] = (sort ?? fallback).split(":");
  if (column !== by) return undefined;
  return direction === "asc" ? "ascending" : "descending";
}

/** Pages seen so far, by their cursors. A cursor belongs to one sort and is no place to share, so it is not in the address. */
export function usePages(key: string): { cursor: string | null; page: number; next: (cursor: string) => void; back: () => void } {
  const [state, setState] = useState<{ key: string; cursors: readonly (string | null)[] }>({ key, cursors: [null] });
  const cursors = state.key === key ? state.cursors : [null];
  return {
    cursor: cursors.at(-1) ?? null,
    page: cursors.length,
    next: (cursor) => setState({ key, cursors: [...cursors, cursor] }),
    back: () => setState({ key, cursors: cursors.slice(0, -1) }),
  };
}

export interface PagerProps {
  readonly page: number;
  readonly shown: number;
  readonly total: number;
  readonly size: number;
  readonly next: string | null;
  readonly onNext: (cursor: string) => void;
  readonly onBack: () => void;
}

export function Pager({ page, shown, total, size, next, onNext, onBack }: PagerProps): ReactElement {
  const from = (page - 1) * size + 1;
  return (
    <nav className="pager" aria-label="Pages">
      <span className="soft">
        {shown === 0 ? "None" : `${from}–${from + shown - 1}`} of {total}
      </span>
      <button type="button" className="plain-button" disabled={page === 1} onClick={onBack}>
        Back
      </button>
      <button type="button" className="plain-button" disabled={next === null} onClick={() => next !== null && onNext(next)}>
        Next
      </button>
    </nav>
  );
}
