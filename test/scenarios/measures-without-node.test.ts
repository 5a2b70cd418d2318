import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../../src/", import.meta.url));
const modulesOf = (folder: string): string[] =>
  readdirSync(`${source}${folder}`)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => `./${folder}/${file}`);

test("contract and measures load where there is no Node", async () => {
  const modules = [...modulesOf("contract"), ...modulesOf("measures")];
  expect(modules.length).toBeGreaterThan(15);
  const contents = `${modules.map((path, index) => `import * as m${index} from ${JSON.stringify(path)};`).join("\n")}
    globalThis.loaded = [${modules.map((_, index) => `m${index}`).join(", ")}].flatMap((module) => Object.keys(module));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: source, loader: "ts" },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    logLevel: "silent",
    loader: { ".sql": "text" },
  });
  const page = createContext({}); // nothing but the language: no process, no Buffer, no require
  runInContext(outputFiles[0]?.text ?? "", page);
  expect(page["loaded"]).toEqual(expect.arrayContaining(["compile", "catalogue", "measureQuerySchema", "UserError"]));
});
