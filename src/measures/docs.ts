import { type MeasureDescription, describeMeasures, dimensionIds, dimensionsOfEntity, requireMeasure } from "./catalogue.ts";
import { type Dimension, dimensions } from "./dimensions.ts";
import { type EntityId, entities, entity } from "./entities.ts";

/** `docs/measures.md`, from the catalogue alone: written by `npm run docs`, compared by a test. */
export function measuresPage(): string {
  const entityIds = Object.keys(entities) as EntityId[];
  return `${[
    "# Measures",
    "Made from the catalogue in `src/measures/`; do not edit. Ids are public: they are never renamed.",
    "Money is in nano-dollars (1,000,000,000 = $1) at list prices of the day of use, an integer as text. Ratios are 0 to 1. An empty cell is not known or not observed, never 0. No measure is shown alone: each names how it is gamed and what stands beside it.",
    "## All measures",
    table(
      ["id", "title", "unit", "kind"],
      describeMeasures().map(({ id, title, unit, kind }) => [`[\`${id}\`](#${id})`, title, unit, kind]),
    ),
    ...describeMeasures().flatMap(section),
    "## What a row is",
    "Each entity is added up at its own grain before entities are joined, so no join can count anything twice.",
    table(
      ["entity", "one row is", "it belongs to the period", "dimensions"],
      entityIds.map((id) => [`\`${id}\``, entity(id).title, entity(id).timeTitle, codes(dimensionsOfEntity(id))]),
    ),
    "## Dimensions",
    "Dimensions marked *person* bear persons: team answers are neither split nor filtered by them.",
    table(
      ["id", "title", "meaning"],
      dimensionIds.map((id) => [`\`${id}\``, titleOf(dimensions[id]), dimensions[id].description]),
    ),
  ].join("\n\n")}\n`;
}

function section(measure: MeasureDescription): string[] {
  const { minimumSample, refusedAbove, additive } = measure;
  const facts: readonly (readonly [string, string])[] = [
    ["formula", `\`${measure.formula}\``],
    ["unit", `${measure.unit}${additive ? "; parts may be added up" : "; parts may not be added up"}`],
    ["split or filtered by", codes(measure.dimensions)],
    ["smallest sample", minimumSample === null ? "none" : `${minimumSample.atLeast} ${requireMeasure(minimumSample.of).unit}`],
    ...(refusedAbove === null
      ? []
      : [["not shown while", `[\`${refusedAbove.of}\`](#${refusedAbove.of}) is above ${Math.round(refusedAbove.ratio * 100)} %`] as const]),
    ["source", measure.source],
    ["how it is gamed", measure.gaming],
    ["shown beside it", `[\`${measure.beside}\`](#${measure.beside})`],
  ];
  return [
    `### ${measure.id}`,
    `**${measure.title}.** ${measure.description}`,
    facts.map(([name, text]) => `- ${name}: ${text}`).join("\n"),
  ];
}

const titleOf = ({ title, person }: Dimension): string => (person === true ? `${title} (*person*)` : title);

const codes = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(", ");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
