/** Colours of the page against its grounds. How far the groups of fates are apart: src/surfaces/cli/roll-up-look.test.ts. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";
import { type Vision, linear, distance, visions } from "../../../test/surfaces/support/color-vision.ts";
import { otherLook, seriesLooks } from "./series.ts";

type Theme = "light" | "dark";
const themes: readonly Theme[] = ["light", "dark"];

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const token = (name: string, theme: Theme): string => {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css) ?? [];
  if (light === undefined || dark === undefined) throw new Error(`no token ${name}`);
  return theme === "light" ? light : dark;
};

/** WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, c] = [luminance(one), luminance(other)];
  return (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
}

describe("the palette of the page", () => {
  it.each(themes)("has text that can be read on every ground it stands on (%s)", (theme) => {
    for (const ground of ["paper", "card", "raised"]) {
      for (const ink of ["ink", "soft", "accent"]) {
        expect(contrast(token(ink, theme), token(ground, theme)), `${ink} on ${ground}`).toBeGreaterThan(4.5);
      }
    }
    expect(contrast(token("warn", theme), token("warn-paper", theme))).toBeGreaterThan(4.5);
    expect(contrast(token("accent", theme), token("accent-paper", theme))).toBeGreaterThan(4.5);
  });

  it.each(themes)("has an edge that parts neighbours and ground where a fill itself is close to it (%s)", (theme) => {
    // Idle and unknown are meant to recede; each still differs from the card, and every swatch has an edge.
    for (const look of rollUpLooks) expect(contrast(look[theme], token("card", theme)), look.name).toBeGreaterThan(1.5);
    expect(contrast(token("line-strong", theme), token("card", theme))).toBeGreaterThan(3);
  });

  it.each(themes)("has six series that stay apart for every kind of colour vision (%s)", (theme) => {
    for (const vision of Object.keys(visions) as Vision[]) {
      for (const [i, one] of seriesLooks.entries()) {
        for (const other of seriesLooks.slice(i + 1)) {
          expect(distance(vision, one[theme], other[theme]), `${vision}: ${one[theme]} and ${other[theme]}`).toBeGreaterThan(18);
        }
      }
    }
  });

  it.each(themes)("has series that stand out from the card, each with a dash of its own (%s)", (theme) => {
    for (const look of [...seriesLooks, otherLook]) expect(contrast(look[theme], token("card", theme)), look[theme]).toBeGreaterThan(2.4);
    expect(new Set([...seriesLooks, otherLook].map(({ dash }) => dash)).size).toBe(seriesLooks.length + 1);
  });
});
