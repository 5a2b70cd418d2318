/** Colours of the page against its grounds. How far the groups of fates are apart: src/surfaces/cli/roll-up-look.test.ts. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";
import { otherLook, seriesLooks } from "./series.ts";

type Theme = "light" | "dark";
const themes: readonly Theme[] = ["light", "dark"];

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const token = (name: string, theme: Theme): string => {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css) ?? [];
  if (light === undefined || dark === undefined) throw new Error(`no token ${name}`);
  return theme === "light" ? light : dark;
};

type Rgb = readonly [number, number, number];

/** Linear light of an sRGB colour. */
function linear(hex: string): Rgb {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [a, b] = [luminance(linear(one)), luminance(linear(other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Severity 1.0 of Machado, Oliveira and Fernandes 2009, on linear light. */
const visions: Readonly<Record<string, readonly Rgb[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE Lab with D65, as one kind of vision sees it. */
function lab(vision: readonly Rgb[], hex: string): Rgb {
  const [red, green, blue] = linear(hex);
  const [r = 0, g = 0, b = 0] = vision.map((row) => Math.min(1, Math.max(0, row[0] * red + row[1] * green + row[2] * blue)));
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(vision: readonly Rgb[], one: string, other: string): number {
  const [a, b] = [lab(vision, one), lab(vision, other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
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
    for (const [name, vision] of Object.entries(visions)) {
      for (const [i, one] of seriesLooks.entries()) {
        for (const other of seriesLooks.slice(i + 1)) {
          expect(distance(vision, one[theme], other[theme]), `${name}: ${one[theme]} and ${other[theme]}`).toBeGreaterThan(18);
        }
      }
    }
  });

  it.each(themes)("has series that stand out from the card, each with a dash of its own (%s)", (theme) => {
    for (const look of [...seriesLooks, otherLook]) expect(contrast(look[theme], token("card", theme)), look[theme]).toBeGreaterThan(2.4);
    expect(new Set([...seriesLooks, otherLook].map(({ dash }) => dash)).size).toBe(seriesLooks.length + 1);
  });
});
