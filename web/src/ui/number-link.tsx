/** A number that opens its definition, its SQL and its rows. */
import { Link } from "@tanstack/react-router";
import { createContext, type ReactElement, type ReactNode, useContext } from "react";
import type { DayRange } from "../../../src/contract/answer.ts";
import type { Filter } from "../url/filters.ts";
import type { PageSearch } from "../url/page-search.ts";
import { withOpened } from "../url/opened-number.ts";

export interface NumberLinkProps {
  readonly measure: string;
  readonly where?: readonly Filter[];
  readonly range?: DayRange;
  readonly children: ReactNode;
  readonly className?: string;
}

/** The days a screen is of: a number on it opens with them unless it says others. */
export const DaysOfScreen = createContext<DayRange>({ from: null, to: null });

export function NumberLink({ measure, where = [], range: own, children, className = "" }: NumberLinkProps): ReactElement {
  const days = useContext(DaysOfScreen);
  const range = own ?? days;
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
