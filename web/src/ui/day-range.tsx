/** First and last day, with short ways to the last days known. */
import type { ReactElement } from "react";
import type { DayRange } from "../../../src/contract/answer.ts";

export interface DayRangeProps {
  readonly range: DayRange;
  /** The newest day known: the last days are counted back from it, never from today. Null while it is not known. */
  readonly newest: string | null;
  readonly change: (range: DayRange) => void;
}

const dayMs = 86_400_000;
export const lastDays = (newest: string, days: number): DayRange => ({
  from: new Date(Date.parse(newest) - (days - 1) * dayMs).toISOString().slice(0, 10),
  to: newest,
});

export function DayRangeInput({ range, newest, change }: DayRangeProps): ReactElement {
  const isOf = ({ from, to }: DayRange): boolean => range.from === from && range.to === to;
  const all: DayRange = { from: null, to: null };
  return (
    <>
      <div className="ways">
        {newest === null
          ? null
          : [7, 28, 90].map((days) => (
              <button
                key={days}
                type="button"
                className="chip"
                aria-pressed={isOf(lastDays(newest, days))}
                onClick={() => change(lastDays(newest, days))}
              >
                last {days}
              </button>
            ))}
        <button type="button" className="chip" aria-pressed={isOf(all)} onClick={() => change(all)}>
          all
        </button>
      </div>
      <div className="days">
        <input
          type="date"
          aria-label="First day"
          value={range.from ?? ""}
          onChange={(event) => change({ ...range, from: event.target.value || null })}
        />
        <span aria-hidden="true">–</span>
        <input
          type="date"
          aria-label="Last day"
          value={range.to ?? ""}
          onChange={(event) => change({ ...range, to: event.target.value || null })}
        />
      </div>
    </>
  );
}
