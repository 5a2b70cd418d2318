/**
 * Reads one invented conversation as every agent keeps it and prints the CPU seconds each source takes for so many lines, and
 * what it told of them.
 *
 * node read-sources.js FOLDER ROUNDS RUNS
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { sources } from "../../src/sources/registry.ts";
import type { Source, SourceEnv } from "../../src/sources/source.ts";
import { agentLog, loggedAgents } from "./agent-logs.ts";

const [folder, rounds, runs] = process.argv.slice(2);
if (folder === undefined || rounds === undefined || runs === undefined) throw new Error("read-sources.js FOLDER ROUNDS RUNS");

interface Told {
  responses: number;
  writes: number;
  calls: number;
}

const lines = new Map<string, number>();
for (const agent of loggedAgents) {
  const { path, records } = agentLog(agent, Number(rounds));
  const file = join(folder, agent, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${records.join("\n")}\n`);
  lines.set(agent, records.length);
}

const fingerprinter = new Fingerprinter("00112233445566778899aabbccddeeff");
const seconds = new Map<string, number[]>(loggedAgents.map((agent) => [agent, []]));
const told = new Map<string, Told>();
// One round of all to warm up; then in turn, so that what else the machine does meets all alike.
for (let run = -1; run < Number(runs); run++) {
  for (const agent of loggedAgents) {
    const source = sources.find(({ id }) => id === agent) as Source;
    const env: SourceEnv = { home: join(folder, agent), variables: {}, platform: process.platform, gitDirs: [], fingerprinter };
    const before = process.cpuUsage();
    told.set(agent, await readAll(source, env));
    const { user, system } = process.cpuUsage(before);
    if (run >= 0) seconds.get(agent)?.push((user + system) / 1e6);
  }
}
console.log(
  JSON.stringify(loggedAgents.map((agent) => ({ agent, lines: lines.get(agent), seconds: seconds.get(agent), told: told.get(agent) }))),
);

async function readAll(source: Source, env: SourceEnv): Promise<Told> {
  const counted: Told = { responses: 0, writes: 0, calls: 0 };
  for await (const found of source.discover(env)) {
    if ("problem" in found) throw new Error(found.problem.message);
    for await (const batch of found.read(null)) {
      for (const item of batch) {
        if (item.kind === "problem") throw new Error(`${source.id}: ${item.problem.message}`);
        if (item.kind !== "fact") continue;
        if (item.fact.kind === "sighting") counted.responses++;
        else if (item.fact.kind === "write") counted.writes++;
        else if (item.fact.kind === "call") counted.calls++;
      }
    }
  }
  return counted;
}
