/**
 * How the ten groups of fates look and read, in the order they are stacked: one place for the terminal, the page and the
 * legend. No group is told by colour alone: each has a fill of its own. The colours, above
 * all those of the six groups that logs and git can observe, stay apart under every kind of colour blindness:
 * roll-up-look.test.ts measures the distances.
 */
import { type FateName, type RollUpName, rollUp } from "../../contract/fates.ts";

/** How an area is filled on the page, beside its colour. */
export type Hatch = "solid" | "rising" | "falling" | "upright" | "level" | "crossed" | "dotted" | "sparse";

export interface RollUpLook {
  readonly name: RollUpName;
  /** What the group is, in a few words. */
  readonly sentence: string;
  /** The character its bar is drawn with on a terminal. */
  readonly fill: string;
  /** Colour of the 256 of a terminal. */
  readonly terminalColor: number;
  readonly light: string;
  readonly dark: string;
  readonly hatch: Hatch;
}

export const rollUpLooks: readonly RollUpLook[] = [
  {
    name: "bought",
    sentence: "landed, released, stayed",
    fill: "█",
    terminalColor: 32,
    light: "#3466c5",
    dark: "#4084ea",
    hatch: "solid",
  },
  {
    name: "ripening",
    sentence: "landed or open, not yet decided",
    fill: "▓",
    terminalColor: 117,
    light: "#7db8e8",
    dark: "#b4d6f0",
    hatch: "rising",
  },
  {
    name: "iteration",
    sentence: "replaced before it landed",
    fill: "▒",
    terminalColor: 140,
    light: "#765389",
    dark: "#9581ba",
    hatch: "upright",
  },
  {
    name: "undone",
    sentence: "taken out, or never landed",
    fill: "░",
    terminalColor: 208,
    light: "#c14414",
    dark: "#d5642c",
    hatch: "falling",
  },
  {
    name: "repair",
    sentence: "mending what AI had written",
    fill: "╱",
    terminalColor: 125,
    light: "#821949",
    dark: "#c3568e",
    hatch: "crossed",
  },
  {
    name: "reviewing",
    sentence: "review given and answered",
    fill: "╲",
    terminalColor: 37,
    light: "#0f7f6d",
    dark: "#47c1af",
    hatch: "level",
  },
  {
    name: "thinking",
    sentence: "questions, plans, operations",
    fill: "┼",
    terminalColor: 179,
    light: "#e0b13c",
    dark: "#f0ce74",
    hatch: "dotted",
  },
  {
    name: "burned",
    sentence: "no artefact, no gain, no person",
    fill: "╳",
    terminalColor: 240,
    light: "#2b2929",
    dark: "#f0ece4",
    hatch: "crossed",
  },
  {
    name: "idle",
    sentence: "paid and not consumed",
    fill: "─",
    terminalColor: 250,
    light: "#cecac1",
    dark: "#46433e",
    hatch: "level",
  },
  {
    name: "unknown",
    sentence: "not followed to its lines",
    fill: "·",
    terminalColor: 245,
    light: "#a7a39b",
    dark: "#7a6350",
    hatch: "sparse",
  },
];

/** The fates of a group, in the order of the rules. */
export function fatesOf(name: RollUpName): readonly FateName[] {
  return rollUp[name];
}
