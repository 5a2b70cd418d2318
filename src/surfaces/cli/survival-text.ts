/** How long lines live, for a terminal. */
import { type Survival, type SurvivalPoint, type ToldShare, endCauses } from "../../contract/survival.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatBand, formatCount, formatNumberOf, formatRatio } from "./numbers.ts";
import { type Column, tableLines } from "./text-table.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

const groupWords: Readonly<Record<string, string>> = {
  agent: "agents",
  mixed: "agents and persons",
  person: "persons",
  unknown: "unknown authors",
};

/** One table: a row for each group and number of days. What it could not tell is said below. */
export function survivalText({ by, groups, leastLines, fixesToldBy }: Survival, options: TextOptions): string {
  if (groups.length === 0) return "No line has landed in a repository that is known: assay import\n";
  const causes = endCauses.filter((cause) => cause !== "fix" || fixesToldBy !== "none");
  const name = (group: string | null): string => (group === null ? "all" : by === "author" ? (groupWords[group] ?? group) : group);
  const columns = [
    left(by === "repository" ? "repository" : "lines of"),
    right("days"),
    right("alive"),
    right("95 %"),
    ...causes.map(right),
    right("tell"),
  ];
  const rows = groups.flatMap(({ group, points }) =>
    points.map((point, i) => [
      i === 0 ? name(group) : "",
      String(point.days),
      shareText(point.alive),
      bandText(point.alive),
      ...causes.map((cause) => shareText(point.ended[cause])),
      clustersText(point),
    ]),
  );
  const [head = "", ...body] = tableLines(columns, rows, options.width);
  const few = groups.filter(({ points }) => points.length === 0);
  const points = groups.flatMap((group) => group.points);
  const notes = [
    "Of the lines that landed, so many days after: alive, and ended by what. Lines of one change die together: intervals draw",
    "persons, or changes where too few persons tell (“tell”: how many of equal size would tell as much).",
    ...(fixesToldBy === "none"
      ? ["No evidence here tells a fix: lines a fix ended are among rewrites and removals."]
      : ["A fix is told by a Fixes: trailer that names a commit, so at least; others are among rewrites and removals."]),
    ...(points.some(({ clusters, refused }) => clusters === "changes" && refused === null)
      ? ["Where changes are drawn, intervals leave out how much persons differ: read them as the least that is not known."]
      : []),
    ...(points.some(({ alive }) => alive?.isWidened) ? ["* Few of them tell it: wider than 95 %."] : []),
    ...(points.some(({ refused }) => refused !== null) ? ["No interval where fewer than 8 changes tell it."] : []),
    ...few.map(({ group, lines }) => `${name(group)}: ${formatNumberOf(lines, "line")}, too few to say (${leastLines}).`),
    "Younger and older lines are compared at equal age; that one group lives longer does not tell why.",
  ];
  const medians = groups.flatMap(({ group, lines, medianDays, points: own }) =>
    own.length === 0
      ? []
      : [
          `${name(group)}: ${formatCount(lines)} landed lines; ${medianDays === null ? "more than half live" : `half are gone after ${formatNumberOf(medianDays, "day")}`}`,
        ],
  );
  return [...(rows.length === 0 ? [] : [inkFor(options.color).bold(head), ...body, ""]), ...medians, "", ...notes, ""].join("\n");
}

const shareText = (told: ToldShare | null): string => (told === null ? "–" : formatRatio(told.share));

function bandText(told: ToldShare | null): string {
  if (told === null || told.interval === null) return "–";
  return `${formatBand(told.interval)}${told.isWidened ? "*" : ""}`;
}

const clustersText = ({ clusters, effectiveClusters }: SurvivalPoint): string => `${Math.floor(effectiveClusters)} ${clusters}`;
