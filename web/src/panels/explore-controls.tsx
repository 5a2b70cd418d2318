import { DayRangeInput } from "../ui/day-range.tsx";
/** What Explore asks: measures, dimensions, filters, days. Every choice is a new address. */
import { type ReactElement, type ReactNode, useState } from "react";
import type { Answer } from "../../../src/contract/answer.ts";
import { formatCell } from "../format/cell.ts";
import type { Catalogue } from "../query/api.ts";
import { useMeasures } from "../query/use.ts";
import { type ExploreState, type Grain, grains } from "../url/explore-state.ts";
import type { Filter } from "../url/filters.ts";

export interface ControlsProps {
  readonly state: ExploreState;
  readonly catalogue: Catalogue;
  readonly period: Answer["period"] | null;
  readonly change: (next: Partial<ExploreState>) => void;
}

export function ExploreControls({ state, catalogue, period, change }: ControlsProps): ReactElement {
  const open = dimensionsOf(state.measures, catalogue);
  return (
    <form className="controls" aria-label="What to show" onSubmit={(event) => event.preventDefault()}>
      <Group title="Measures">
        <Chosen
          ids={state.measures}
          titleOf={(id) => catalogue.measures.find((measure) => measure.id === id)?.title ?? id}
          remove={state.measures.length < 2 ? null : (id) => change({ measures: state.measures.filter((one) => one !== id), sort: null })}
        />
        <Picker
          label="Add a measure"
          options={catalogue.measures.filter(({ id }) => !state.measures.includes(id)).map(({ id, title }) => ({ id, title }))}
          pick={(id) => {
            const measures = [...state.measures, id];
            const left = dimensionsOf(measures, catalogue);
            change({
              measures,
              by: state.by.filter((one) => left.includes(one)),
              where: state.where.filter(({ dimension }) => left.includes(dimension)),
              sort: null,
            });
          }}
        />
      </Group>
      <Group title="Split by">
        <Chosen
          ids={state.by}
          titleOf={(id) => titleOf(id, catalogue)}
          remove={(id) => change({ by: state.by.filter((one) => one !== id), sort: null })}
        />
        <Picker
          label="Add a dimension"
          options={open.filter((id) => !state.by.includes(id)).map((id) => ({ id, title: titleOf(id, catalogue) }))}
          pick={(id) => change({ by: [...state.by, id], sort: null })}
        />
        {state.by.length < 2 ? null : (
          <label className="check">
            <input type="checkbox" checked={state.pivot} onChange={(event) => change({ pivot: event.target.checked })} /> Pivot: the last
            one in columns
          </label>
        )}
      </Group>
      <Group title="Only">
        <Filters state={state} catalogue={catalogue} open={open} change={change} />
      </Group>
      <Group title="Days">
        <Days state={state} period={period} change={change} />
      </Group>
    </form>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <fieldset>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

interface ChosenProps {
  readonly ids: readonly string[];
  readonly titleOf: (id: string) => string;
  readonly remove: ((id: string) => void) | null;
}

function Chosen({ ids, titleOf: title, remove }: ChosenProps): ReactElement {
  return (
    <ul className="chosen">
      {ids.map((id) => (
        <li key={id} className="chip">
          {title(id)}
          {remove === null ? null : (
            <button type="button" aria-label={`Remove ${title(id)}`} onClick={() => remove(id)}>
              ✕
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface PickerProps {
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly pick: (id: string) => void;
}

function Picker({ label, options, pick }: PickerProps): ReactElement | null {
  if (options.length === 0) return null;
  return (
    <select aria-label={label} value="" onChange={(event) => pick(event.target.value)}>
      <option value="">{label} …</option>
      {options.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

interface FiltersProps extends Omit<ControlsProps, "period"> {
  readonly open: readonly string[];
}

function Filters({ state, catalogue, open, change }: FiltersProps): ReactElement {
  const [adding, setAdding] = useState<string | null>(null);
  const drop = (at: number): void => change({ where: state.where.filter((_, i) => i !== at) });
  const add = (filter: Filter): void => {
    change({ where: [...state.where, filter] });
    setAdding(null);
  };
  return (
    <>
      <ul className="chosen">
        {state.where.map((filter, at) => (
          <li key={JSON.stringify(filter)} className="chip">
            {titleOf(filter.dimension, catalogue)} {filter.is === "not_in" ? "is not" : "is"}{" "}
            {filter.values.map((value) => value ?? "not known").join(" or ")}
            <button type="button" aria-label={`Remove the filter on ${titleOf(filter.dimension, catalogue)}`} onClick={() => drop(at)}>
              ✕
            </button>
          </li>
        ))}
      </ul>
      <Picker label="Filter by" options={open.map((id) => ({ id, title: titleOf(id, catalogue) }))} pick={setAdding} />
      {adding === null ? null : (
        <Values dimension={adding} measure={state.measures[0] ?? "spend"} title={titleOf(adding, catalogue)} add={add} />
      )}
    </>
  );
}

/** The values a dimension has, by the first measure, to pick one. */
function Values({
  dimension,
  measure,
  title,
  add,
}: {
  readonly dimension: string;
  readonly measure: string;
  readonly title: string;
  readonly add: (filter: Filter) => void;
}): ReactElement {
  const values = useMeasures({ measures: [measure], by: [dimension], limit: 200 });
  const column = values.data?.columns.find(({ id }) => id === dimension);
  if (values.data === undefined || column === undefined) return <div className="waiting" role="status" />;
  const cells = values.data.rows.map((row) => row[dimension] ?? null);
  return (
    <Picker
      label={`${title} is`}
      options={cells.map((cell, i) => ({ id: String(i), title: formatCell(column, cell) }))}
      pick={(i) => {
        const cell = cells[Number(i)] ?? null;
        add({ dimension, is: "in", values: [cell === null ? null : String(cell)] });
      }}
    />
  );
}

function Days({ state, period, change }: Omit<ControlsProps, "catalogue">): ReactElement {
  const { range } = state;
  const setRange = (next: ExploreState["range"]): void =>
    change({ range: next, compare: next.from !== null && next.to !== null ? state.compare : null });
  const isClosed = range.from !== null && range.to !== null;
  return (
    <>
      <DayRangeInput range={range} newest={period?.to ?? null} change={setRange} />
      <label className="check">
        <input
          type="checkbox"
          disabled={!isClosed}
          checked={state.compare !== null}
          onChange={(event) => change({ compare: event.target.checked ? "previous" : null })}
        />{" "}
        Beside as many days before{isClosed ? "" : " (needs a first and a last day)"}
      </label>
      <select
        aria-label="Cut time into"
        value={state.grain ?? ""}
        onChange={(event) => change({ grain: (event.target.value || null) as Grain | null, sort: null })}
      >
        <option value="">All days in one</option>
        {grains.map((grain) => (
          <option key={grain} value={grain}>
            By {grain}
          </option>
        ))}
      </select>
    </>
  );
}

const titleOf = (id: string, { dimensions }: Catalogue): string => dimensions.find((dimension) => dimension.id === id)?.title ?? id;

/** Dimensions that all of the measures can be split by. */
export function dimensionsOf(measures: readonly string[], catalogue: Catalogue): readonly string[] {
  const known = measures.flatMap((id) => catalogue.measures.find((measure) => measure.id === id) ?? []);
  return catalogue.dimensions.map(({ id }) => id).filter((id) => known.every(({ dimensions }) => dimensions.includes(id)));
}
