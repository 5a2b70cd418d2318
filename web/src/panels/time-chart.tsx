/** An answer with a grain, drawn: its first measure over time. */
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useCallback, useMemo } from "react";
import type { MeasureResult, ResultColumn } from "../../../src/contract/query.ts";
import { rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";
import { Chart } from "../charts/chart.tsx";
import { formatShortCount } from "../format/cell.ts";
import { Swatch } from "../look/hatches.tsx";
import { seriesColor } from "../look/series.ts";
import { seriesOf } from "./explore-series.ts";

const height = 280;

export function TimeChart({ result }: { readonly result: MeasureResult }): ReactElement | null {
  const { data: module } = useQuery({
    queryKey: ["module", "series"],
    queryFn: () => import("../charts/series.ts"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const measure = result.columns.find(({ kind }) => kind === "measure");
  const series = useMemo(
    () => (measure === undefined ? null : seriesOf(result, measure, isByRollUp(result) ? rollUpLooks.map(({ name }) => name) : null)),
    [result, measure],
  );
  const make = useCallback(
    (width: number) => {
      if (module === undefined || series === null || measure === undefined) throw new Error("drawn before it was loaded");
      return module.seriesChart({
        points: series.points,
        times: series.times,
        series: series.names,
        isStacked: measure.additive,
        isRollUp: isByRollUp(result),
        tick: tickOf(measure),
        width,
        height,
      });
    },
    [module, series, measure, result],
  );
  if (measure === undefined || series === null || series.points.length === 0) return null;
  return (
    <>
      <ul className="chart-legend">
        {series.names.map((name, i) => (
          <li key={name}>
            {isByRollUp(result) ? (
              <Swatch group={name} />
            ) : (
              <svg className="swatch" width="14" height="14" aria-hidden="true">
                <rect x="0.5" y="0.5" width="13" height="13" rx="3" fill={seriesColor(i)} />
              </svg>
            )}
            {name}
          </li>
        ))}
      </ul>
      {module === undefined ? (
        <div className="waiting chart-waiting" />
      ) : (
        <Chart label={`${measure.title} over time; the table below has the numbers`} make={make} height={height} />
      )}
      {series.leftOut === 0 ? null : <p className="small">The six largest are drawn; {series.leftOut} more stand in the table.</p>}
    </>
  );
}

const isByRollUp = ({ query }: MeasureResult): boolean => query.by.length === 1 && query.by[0] === "roll_up";

function tickOf({ unit }: ResultColumn): (value: number) => string {
  if (unit === "ratio") return (value) => `${Math.round(value * 100)} %`;
  if (unit?.startsWith("nano-USD") === true)
    return (value) => (Number.isInteger(value) ? `$${formatShortCount(value)}` : `$${value.toFixed(2)}`);
  return formatShortCount;
}
