/** Writes the pages of docs/ that are made from the program: commands from their flags, measures from the catalogue, the API from its contract, sources from their READMEs. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measuresPage } from "../src/measures/docs.ts";
import { sourcesPage } from "../src/sources/docs.ts";
import { sources } from "../src/sources/registry.ts";
import { commandsPage } from "../src/surfaces/cli/commands-page.ts";
import { apiPage } from "../src/surfaces/http/api-page.ts";

const docs = process.argv[2] ?? "docs";
writeFileSync(join(docs, "commands.md"), commandsPage());
writeFileSync(join(docs, "measures.md"), measuresPage());
writeFileSync(join(docs, "api.md"), apiPage());
const readmeOf = (id: string): string | null => {
  const path = join(docs, "../src/sources", id, "README.md");
  return existsSync(path) ? readFileSync(path, "utf8") : null;
};
writeFileSync(join(docs, "sources.md"), sourcesPage(sources, readmeOf));
