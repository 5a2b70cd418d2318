/** The same transcripts as if many had written them: what an import holds in memory must not grow with them. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/**
 * Lays every transcript below `projects` of a folder out several times, each time under other sessions, responses and calls.
 * @param from, to folders as CLAUDE_CONFIG_DIR names them
 */
export function layOutTimes(from: string, to: string, times: number): void {
  const projects = join(from, "projects");
  const files = readdirSync(projects, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl"))
    .map((entry) => join(entry.parentPath, entry.name));
  const sessions = files.map((file) => basename(file, ".jsonl")).filter((name) => /^[0-9a-f-]{36}$/.test(name));
  for (const file of files) {
    // One letter a byte: whatever the bytes are, they come back as they were.
    const text = readFileSync(file, "latin1");
    const own = sessions.filter((session) => text.includes(session) || file.includes(session));
    for (let time = 0; time < times; time++) {
      const renamed = (words: string): string =>
        own.reduce((changed, session) => changed.replaceAll(session, `${session.slice(0, -2)}${String(time).padStart(2, "0")}`), words);
      const path = join(to, "projects", renamed(relative(projects, file)));
      mkdirSync(dirname(path), { recursive: true });
      const copy = renamed(text)
        .replaceAll('"id":"msg_', `"id":"msg_${time}_`)
        .replaceAll('"requestId":"req_', `"requestId":"req_${time}_`)
        .replaceAll("toolu_", `toolu_${time}_`);
      writeFileSync(path, copy, "latin1");
    }
  }
}
