/** Writes the pages of docs/ that are made from the program: commands from their flags, measures from the catalogue, the API from its contract. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { measuresPage } from "../src/measures/docs.ts";
import { commandsPage } from "../src/surfaces/cli/commands-page.ts";
import { apiPage } from "../src/surfaces/http/api-page.ts";

const docs = process.argv[2] ?? "docs";
writeFileSync(join(docs, "commands.md"), commandsPage());
writeFileSync(join(docs, "measures.md"), measuresPage());
writeFileSync(join(docs, "api.md"), apiPage());
