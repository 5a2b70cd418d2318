/** A number that opens its definition, its SQL and its rows. */
import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import type { Filter } from "../url/filters.ts";
import type { PageSearch } from "../url/page-search.ts";
import { withOpened } from "../url/opened-number.ts";

export interface NumberLinkProps {
  readonly measure: string;
  readonly where?: readonly Filter[];
  readonly range?: { readonly from: string | null; readonly to: string | null };
  readonly children: ReactNode;
  readonly className?: string;
}

const allDays = { from: null, to: null };

export function NumberLink({ measure, where = [], range = allDays, children, className = "" }: NumberLinkProps): ReactElement {
  return (
    <Link
      to="."
      search={(search: PageSearch) => withOpened(search, { measure, where, by: null, range })}
      className={`number ${className}`}
      title="What this number means, its SQL and its rows"
      resetScroll={false}
    >
      {children}
    </Link>
  );
}
