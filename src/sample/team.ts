import type { Identity } from "./git-objects.ts";
import type { CliStyle } from "./transcript.ts";

/** An invented colleague: identity, tools and the models they run. */
export interface Person {
  readonly key: string;
  readonly identity: Identity;
  /** Newest last: from which day of the sample on. */
  readonly styles: readonly { readonly fromDay: number; readonly style: CliStyle; readonly model: string }[];
}

const early: CliStyle = { version: "2.1.42", subAgentsIn: "progress", outputCounts: "partial", cacheMinutes: 5, repeatsOriginal: true };
const earliest: CliStyle = { version: "2.1.7", subAgentsIn: "progress", outputCounts: "partial", cacheMinutes: 5, repeatsOriginal: true };
const late: CliStyle = { version: "2.1.212", subAgentsIn: "files", outputCounts: "final", cacheMinutes: 60, repeatsOriginal: false };
const middle: CliStyle = { version: "2.1.118", subAgentsIn: "files", outputCounts: "final", cacheMinutes: 5, repeatsOriginal: false };

export const models = {
  opus45: "claude-opus-4-5-20251101",
  opus46: "claude-opus-4-6",
  sonnet45: "claude-sonnet-4-5-20250929",
  haiku45: "claude-haiku-4-5-20251001",
} as const;

export const styles = { earliest, early, middle, late } as const;

export const person = (key: string, name: string, zone: string, styles: Person["styles"]): Person => ({
  key,
  identity: { name, email: `${key}@saltmarsh.example`, zone },
  styles,
});

export const people = {
  ines: person("ines", "Ines Okafor", "+0100", [{ fromDay: 0, style: late, model: models.opus46 }]),
  tomas: person("tomas", "Tomás Brandt", "+0200", [{ fromDay: 0, style: early, model: models.opus45 }]),
  mirela: person("mirela", "Mirela Kovač", "+0200", [
    { fromDay: 0, style: middle, model: models.sonnet45 },
    { fromDay: 50, style: late, model: models.opus46 },
  ]),
  jonas: person("jonas", "Jonas Lindqvist", "+0200", [
    { fromDay: 0, style: earliest, model: models.opus45 },
    { fromDay: 44, style: middle, model: models.opus45 },
  ]),
  priya: person("priya", "Priya Raman", "+0530", [{ fromDay: 0, style: late, model: models.sonnet45 }]),
  wen: person("wen", "Wen Hollis", "+0000", [{ fromDay: 0, style: middle, model: models.opus45 }]),
} as const satisfies Record<string, Person>;
export type PersonKey = keyof typeof people;

export function styleOn(who: Person, day: number): { style: CliStyle; model: string } {
  const found = who.styles.findLast((entry) => entry.fromDay <= day);
  if (found === undefined) throw new Error(`${who.key} has no agent on day ${day}`);
  return found;
}
