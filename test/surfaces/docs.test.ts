import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fateNames, rollUp } from "../../src/contract/fates.ts";
import { sourcesPage } from "../../src/sources/docs.ts";
import { sources } from "../../src/sources/registry.ts";
import { commandsPage } from "../../src/surfaces/cli/commands-page.ts";
import { apiPage } from "../../src/surfaces/http/api-page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/glossary.md", "docs/guide/first-answer.md"];

describe("documents", () => {
  it("say of every command and flag what the program says: if not, run `npm run docs`", () => {
    expect(read("docs/commands.md")).toBe(commandsPage());
  });

  it("say of every route what the contract says: if not, run `npm run docs`", () => {
    expect(read("docs/api.md")).toBe(apiPage());
  });

  it("say of every source what its README says in short: if not, run `npm run docs`", () => {
    expect(read("docs/sources.md")).toBe(sourcesPage(sources, (id) => read(`src/sources/${id}/README.md`)));
    for (const { id } of sources) expect(read(`src/sources/${id}/README.md`)).toMatch(/^## In short\n\| \| \|\n/m);
  });

  it("name every source that keeps files in the README's table", () => {
    for (const { title } of sources) expect(read("README.md")).toContain(title);
  });

  it("name every fate and every group", () => {
    const glossary = read("docs/glossary.md");
    for (const fate of fateNames) expect(glossary).toContain(`| ${fate} |`);
    for (const group of Object.keys(rollUp)) expect(glossary).toContain(group);
  });

  it("lead only to files that are there", () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, to = ""]) => join(dirname(page), to))
        .filter((to) => !existsSync(join(root, to)))
        .map((to) => `${page}: ${to}`),
    );
    expect(broken).toEqual([]);
  });

  it("name folders of the program that are there", () => {
    const named = [...read("ARCHITECTURE.md").matchAll(/`(src\/[a-z/-]+\/|src\/main\.ts)`/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("tell a newcomer the two commands", () => {
    expect(read("README.md")).toContain("npm start");
    expect(read("README.md")).toContain("npm test");
  });
});
