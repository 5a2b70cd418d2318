/** What the page takes from the program: types of the contract, and a few modules without effects (decision 19). */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"));
const read = (file: string): string => readFileSync(join(here, file), "utf8");

const values = [
  "analysis/ranking.ts",
  "contract/answer.ts",
  "contract/fates.ts",
  "contract/returns.ts",
  "surfaces/cli/answer-figures.ts",
  "surfaces/cli/change-review-text.ts",
  "surfaces/cli/costs-text.ts",
  "surfaces/cli/delivery-text.ts",
  "surfaces/cli/numbers.ts",
  "surfaces/cli/returns-text.ts",
  "surfaces/cli/roll-up-look.ts",
];

describe("what the page imports", () => {
  it("takes no value of the program but the listed ones, and types of the contract alone", () => {
    const taken = new Set<string>();
    for (const file of files) {
      for (const [, keyword = "", names = "", to = ""] of read(file).matchAll(
        /^import (type )?([^;]*?) from "(?:\.\.\/)+src\/([^"]+)";/gm,
      )) {
        const isType = keyword !== "" || /^\{( type \w+,?)+ \}$/.test(names);
        if (isType && to.startsWith("contract/")) continue;
        taken.add(to);
      }
    }
    expect([...taken].sort()).toEqual(values);
  });

  it("knows the chart library in one file", () => {
    expect(files.filter((file) => read(file).includes("@observablehq/plot"))).toEqual([join("charts", "plot.ts")]);
  });

  it("names no other host", () => {
    const urls = files.flatMap((file) => [...read(file).matchAll(/https?:\/\/[^\s"'`]+/g)].map(([url]) => url));
    expect(urls).toEqual([]);
  });
});
