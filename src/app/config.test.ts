import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultConfig, readConfig } from "./config.ts";

describe("assay.yaml", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const written = (text: string): string => {
    const path = join(folder, "assay.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("may be absent, unless it was asked for by name", () => {
    expect(readConfig(join(folder, "assay.yaml"), false)).toEqual(defaultConfig);
    expect(() => readConfig(join(folder, "other.yaml"), true)).toThrow(/cannot be read/);
  });

  it("may be empty", () => {
    expect(readConfig(written(""), true)).toEqual(defaultConfig);
  });

  it("changes only what it says", () => {
    const config = readConfig(written("stick_days: 30\ndefault_branches: { a/b: trunk }\n"), true);
    expect(config.fates).toEqual({ stickDays: 30, revertDays: 90, inFlightDays: 14 });
    expect(config.defaultBranches).toEqual({ "a/b": "trunk" });
  });

  it("names every mistake with its place, and the settings there are", () => {
    const read = (): unknown => readConfig(written("stick_days: soon\nprices:\n  - { model: x, input: 3 }\nstik_days: 4\n"), true);
    expect(read).toThrow(/3 mistakes/);
    expect(read).toThrow(/stick_days: /);
    expect(read).toThrow(/prices\.0: has only one of input and output/);
    expect(read).toThrow(/stik_days/);
  });

  it("says where YAML itself is broken", () => {
    expect(() => readConfig(written("prices: [\n"), true)).toThrow(/not valid YAML/);
  });
});
