/** What a change costs, in the words of `assay costs`: by cohort, in the same period, at the margin, with people. */
import type { ReactElement } from "react";
import type { CostPeriod, Costs, OutcomeCost, PeopleTiers, SpendTier } from "../../../src/contract/costs.ts";
import { eachText, marginalText, periodName, rangeText, tierName, tierNotes, tierRefusal } from "../../../src/surfaces/cli/costs-text.ts";
import { formatCount, formatNumberOf, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { useCosts } from "../query/use.ts";
import { DataTable, type TableColumn } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";

export function ChangeCosts(): ReactElement {
  const costs = useCosts();
  return (
    <>
      <Frame
        of={costs}
        title="What a change cost, by cohort"
        about="All that tasks which began in a month ever cost, attempts that bought nothing included, over the changes that came of them."
        tall
      >
        {(told) => <Periods costs={told} periods={told.cohorts} label="Cost per change by cohort" />}
      </Frame>
      <Frame
        of={costs}
        title="Spend per change, same period"
        about="What was spent in a month over what landed or was released in it, and what stuck of what landed: mostly paid for before."
        tall
      >
        {(told) => <Periods costs={told} periods={told.samePeriod} label="Spend per change of the same period" />}
      </Frame>
      <Frame
        of={costs}
        title="Full cost of a change, with people"
        about="Persons in tiers of equal number by what they spent on tokens. No tier of fewer than five, and nobody named."
        tall
      >
        {({ people }) => <Tiers people={people} />}
      </Frame>
    </>
  );
}

const outcomes = ["landed", "released", "stuck"] as const;

function Outcome({ cost, further }: { readonly cost: OutcomeCost; readonly further: boolean }): ReactElement {
  return (
    <>
      {eachText(cost)}
      <small className="beside">
        {formatNumberOf(cost.changes, "change")}
        {further && cost.marginalNanoUsd !== null ? `; ${formatUsd(cost.marginalNanoUsd)} each further` : ""}
      </small>
    </>
  );
}

function Periods({
  costs,
  periods,
  label,
}: {
  readonly costs: Costs;
  readonly periods: readonly CostPeriod[];
  readonly label: string;
}): ReactElement {
  if (periods.length === 0) return <Empty kind="no_data">No spend is known.</Empty>;
  const columns: readonly TableColumn<CostPeriod>[] = [
    { key: "from", title: "Month", cell: ({ from }) => periodName(from, costs.grain) },
    { key: "spend", title: "Spend", isNumber: true, cell: ({ spendNanoUsd }) => formatUsd(spendNanoUsd) },
    {
      key: "open",
      title: "Undecided",
      isNumber: true,
      cell: ({ undecidedShare }) => (undecidedShare === null ? "–" : formatRatio(undecidedShare)),
    },
    ...outcomes.map(
      (outcome): TableColumn<CostPeriod> => ({
        key: outcome,
        title: `Each ${outcome === "stuck" ? "that stuck" : `that was ${outcome}`}`.replace("was landed", "landed"),
        isNumber: true,
        cell: (period) => <Outcome cost={period[outcome]} further />,
      }),
    ),
  ];
  return (
    <>
      <DataTable label={label} columns={columns} rows={periods} rowKey={({ from }) => from} />
      <p className="small">
        Open: more than {formatRatio(costs.mostUndecided)} of the spend may still change, and no cost is told. Few: fewer than{" "}
        {costs.leastChanges} changes. Each further: against the month before.
      </p>
    </>
  );
}

function Tiers({ people }: { readonly people: PeopleTiers }): ReactElement {
  const refusal = tierRefusal(people);
  if (refusal !== null) return <Empty kind="not_observed">{refusal}</Empty>;
  const columns: readonly TableColumn<{ readonly tier: SpendTier; readonly at: number }>[] = [
    { key: "tier", title: "Tier of spend", cell: ({ at }) => tierName(at, people.tiers.length) },
    { key: "persons", title: "Persons", isNumber: true, cell: ({ tier }) => formatCount(tier.persons) },
    { key: "changes", title: "Changes", isNumber: true, cell: ({ tier }) => formatCount(tier.changes) },
    { key: "tokens", title: "Tokens", isNumber: true, cell: ({ tier }) => formatUsd(tier.tokenNanoUsd) },
    {
      key: "each",
      title: "Tokens of a change",
      isNumber: true,
      cell: ({ tier }) => (
        <>
          {tier.ratioOfTotalsNanoUsd === null ? "–" : formatUsd(tier.ratioOfTotalsNanoUsd)}
          <small className="beside">
            {tier.meanOfRatiosNanoUsd === null ? "" : `${formatUsd(tier.meanOfRatiosNanoUsd)} mean of each person's`}
          </small>
        </>
      ),
    },
    { key: "full", title: "With people", isNumber: true, cell: ({ tier }) => rangeText(tier.fullCostNanoUsd) },
    { key: "further", title: "Each further", isNumber: true, cell: ({ at }) => marginalText(people, at) },
  ];
  return (
    <>
      <DataTable
        label="Full cost of a change by tier"
        columns={columns}
        rows={people.tiers.map((tier, at) => ({ tier, at }))}
        rowKey={({ at }) => String(at)}
      />
      {tierNotes(people).map((note) => (
        <p key={note} className="small">
          {note}
        </p>
      ))}
    </>
  );
}
