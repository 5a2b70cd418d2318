/** `assay completion`: the scripts hold, bash reads them, and Tab gives the words that fit. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRoutes } from "../../src/surfaces/cli/app.ts";
import { commandModels } from "../../src/surfaces/cli/completion-model.ts";
import { measureRows } from "./card-fixtures.ts";
import { runWith } from "./fake-machine.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-completion-"));
const script = join(folder, "assay.bash");
beforeAll(async () => {
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src", "two words.ts"), "");
  writeFileSync(script, (await runWith(["completion", "bash"])).out);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash would offer behind these words; the last is the one at the cursor. */
function offered(...words: readonly string[]): string[] {
  const program = `source "$1"; shift; COMP_WORDS=(assay "$@"); COMP_CWORD=$#; _assay 2> /dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["-c", program, "bash", script, ...words], { cwd: folder, encoding: "utf8" });
  return out.split("\n").filter((word) => word !== "");
}

describe("bash", () => {
  it("offers the commands, and those that begin as typed", () => {
    expect(offered("")).toContain("query");
    expect(offered("re").sort()).toEqual(["rebuild", "reconcile", "report", "restatement", "returns"]);
    expect(offered("show", "")).toEqual(expect.arrayContaining(["session", "change", "commit"]));
    expect(offered("zzz")).toEqual([]);
  });

  it("offers the flags of the command, negated ones too, also behind a flag that took a value", () => {
    expect(offered("query", "spend", "--c").sort()).toEqual(["--color", "--compare", "--config"]);
    expect(offered("--store", "somewhere", "report", "--no-")).toEqual(["--no-color"]);
    expect(offered("show", "session", "abc", "--as")).toEqual(["--as-of"]);
  });

  it("offers measures and dimensions to a query, lists and filters in their own form", () => {
    const [{ id, dimensions } = { id: "", dimensions: [] }] = measureRows;
    const [first = "", second = ""] = dimensions;
    expect(offered("query", id.slice(0, 3))).toContain(id);
    expect(offered("query", id, "--by", first.slice(0, 2))).toContain(first);
    expect(offered("query", id, "--by", `${first},${second.slice(0, 2)}`)).toContain(`${first},${second}`);
    expect(offered("query", id, "--where", first)).toContain(`${first}=`);
    expect(offered("query", id, "--by", "=", first.slice(0, 2))).toContain(first);
  });

  it("offers the values of an enumeration of that command alone", () => {
    expect(offered("report", "--format", "")).toEqual(["text", "html", "md", "svg", "pdf", "json"]);
    expect(offered("query", "--format", "")).toEqual(["table", "csv", "json"]);
    expect(offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it("offers files with blanks whole, and folders where a folder is wanted", () => {
    expect(offered("blame", "src/t")).toEqual(["src/two words.ts"]);
    expect(offered("report", "--store", "s")).toEqual(["src"]);
  });
});

it.each(["bash", "zsh"])("gives %s a script that bash parses", async (shell) => {
  const { out } = await runWith(["completion", shell]);
  const path = join(folder, `checked.${shell}`);
  writeFileSync(path, out);
  execFileSync("bash", ["-n", path]);
  expect(out).toContain("complete -F _assay assay");
});

it("gives fish a line for every command and every flag", async () => {
  const { out } = await runWith(["completion", "fish"]);
  const commands = commandModels(buildRoutes(), { measures: [], dimensions: [] });
  for (const { path, flags } of commands) {
    expect(out).toContain(` -a '${path.split(" ").at(-1)}' -d `);
    for (const { name } of flags) expect(out).toContain(` -l ${name.slice(2)}`);
  }
  // Both quote alike: a quote left open would show here too.
  const path = join(folder, "checked.fish");
  writeFileSync(path, out);
  execFileSync("bash", ["-n", path]);
});

it("knows no other shell", async () => {
  const { code, err } = await runWith(["completion", "tcsh"]);
  expect([code, err]).toEqual([2, "No completion is known for 'tcsh'.\nThere is one for bash, zsh, fish.\n"]);
});
