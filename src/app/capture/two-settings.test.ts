/** Two settings files of one install, and two stores of one settings file. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ScheduleHost } from "./apply-schedule.ts";
import { installCapture, removeCapture } from "./install.ts";

let root = "";
const settings = (name: string): string => join(root, name, "settings.json");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-two-"));
  for (const name of ["one", "two"]) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const host = (...folders: readonly string[]): ScheduleHost => ({
  platform: "linux",
  homeDir: root,
  variables: { CLAUDE_CONFIG_DIR: folders.map((name) => join(root, name)).join(",") },
  userId: 501,
  run: async () => ({ code: null, out: "", err: "" }),
});
const options = (store: string) => ({
  folder: join(root, store),
  program: [process.execPath],
  home: root,
  configFile: null,
  repositories: [],
  schedule: false,
});

it("writes nothing, no copy either, where a later of several files is refused", async () => {
  writeFileSync(settings("one"), "{}");
  writeFileSync(settings("two"), "{ // mine\n}");
  await expect(installCapture(options("store"), host("one", "two"))).rejects.toMatchObject({ code: "settings_not_json" });
  expect([readdirSync(join(root, "one")), readFileSync(settings("one"), "utf8")]).toEqual([["settings.json"], "{}"]);
});

it("keeps the copy of one store from that of another", async () => {
  writeFileSync(settings("one"), "{}");
  await installCapture(options("first"), host("one"));
  const ofFirst = readFileSync(settings("one"), "utf8");
  await installCapture(options("second"), host("one"));
  writeFileSync(settings("one"), ofFirst); // somebody took the second hook out by hand
  await removeCapture(options("first").folder, host("one"));
  expect(readFileSync(settings("one"), "utf8")).toBe("{}");
});
