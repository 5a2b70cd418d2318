/**
 * Brings the colours of the groups (one list for terminal, report and page) to the style sheet as `--fate-<group>`, and those of other series. Set
 * through the object model, which a Content-Security-Policy without inline styles allows.
 */
import { rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";

import { otherLook, seriesLooks } from "./series.ts";

export function applyPalette(root: HTMLElement): void {
  for (const { name, light, dark } of rollUpLooks) root.style.setProperty(`--fate-${name}`, `light-dark(${light}, ${dark})`);
  for (const [i, { light, dark }] of seriesLooks.entries()) root.style.setProperty(`--series-${i + 1}`, `light-dark(${light}, ${dark})`);
  root.style.setProperty("--series-other", `light-dark(${otherLook.light}, ${otherLook.dark})`);
}
