/** The bundle as it is published: built anew, run as a process. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../src/contract/answer.ts";
import type { CaptureStatus } from "../../src/contract/capture.ts";
import { HandTranscript } from "../scenarios/support/hand-transcript.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the project, so that DuckDB is found beside it. */
const built = join("node_modules", ".cache", `assay-bundle-${process.pid}`);
const entry = join(root, built, "assay.js");
const scratch = mkdtempSync(join(tmpdir(), "assay-bundle-"));

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: join(scratch, "home"),
  XDG_DATA_HOME: join(scratch, "data"),
  TZ: "Pacific/Auckland",
};

function assay(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const ran = spawnSync(process.execPath, [entry, ...args], { env: environment, encoding: "utf8", cwd: scratch, maxBuffer: 1 << 28 });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

/** The same without blocking this process, whose connections would be given up in the meantime. */
function assayBeside(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const ran = spawn(process.execPath, [entry, ...args], { env: environment, cwd: scratch });
  let [out, err] = ["", ""];
  ran.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  ran.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => ran.on("close", (code) => resolve({ code, out, err })));
}

/** Files a start of the program reads: the entry and all it imports without being asked. */
function loadedAtStart(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, to = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|\} from|export .* from)\s[^;]*?"(\.[^"]+)";$/gm)) {
    loadedAtStart(join(dirname(file), to), seen);
  }
  return seen;
}

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", built], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
});

afterAll(() => {
  for (const made of [join(root, built), scratch]) rmSync(made, { recursive: true, force: true });
});

describe("the bundle", () => {
  it("helps without loading a database or a schema library", () => {
    const { code, out, err } = assay("--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("COMMANDS");
    const loaded = [...loadedAtStart(entry)].map((file) => readFileSync(file, "utf8")).join("\n");
    expect(loaded).not.toMatch(/from "@duckdb|class ZodError|var ZodError/);
    expect(loaded.length).toBeLessThan(150_000);
  });

  it("answers from the sample where there are no logs, and the ledger adds up", () => {
    const first = assay();
    expect(first.err).toContain("No agent logs");
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^SAMPLE DATA/);
    expect(readFileSync(join(scratch, "data/assay/answer.html"), "utf8")).toContain("SAMPLE DATA");

    const again = assay("--json");
    expect(again.code).toBe(0);
    const answer = JSON.parse(again.out) as Answer;
    expect(answer.isSample).toBe(true);
    expect(answer.residualNanoUsd).toBe("0");
    expect(answer.fates.reduce((sum, fate) => sum + BigInt(fate.nanoUsd ?? 0), 0n)).toBe(BigInt(answer.spendNanoUsd));
    expect(BigInt(answer.spendNanoUsd)).toBeGreaterThan(0n);
  });

  it("serves the answer it gave while the command line goes on, imports, and ends with Ctrl-C", async () => {
    const server = spawn(process.execPath, [entry, "--serve", "--port", "0"], { env: environment, cwd: scratch });
    let out = "";
    let err = "";
    server.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        const found = /^Serving (http:\S+)$/m.exec(out)?.[1];
        if (found !== undefined) resolve(found);
      });
      server.on("exit", () => reject(new Error(err)));
    });
    const ended = new Promise((resolve) => server.on("exit", (code, signal) => resolve([code, signal])));
    expect(out).toMatch(/^SAMPLE DATA/);
    const served = (await (await fetch(`${address}api/answer`)).json()) as Answer;
    const store = /--store (\S+)/.exec(err)?.[1] ?? "";
    const asked = await assayBeside("report", "--format", "json", "--store", store);
    expect([asked.code, asked.err]).toEqual([0, ""]);
    expect(served).toEqual(JSON.parse(asked.out));
    expect((await assayBeside("rebuild", "--store", store)).code).toBe(0);
    expect(await (await fetch(`${address}api/answer`)).json()).toEqual(served);

    const begun = (await (await fetch(`${address}api/imports`, { method: "POST" })).json()) as { id: string };
    const events = await (await fetch(`${address}api/imports/${begun.id}/events`)).text();
    expect(events).toContain('"state":"done"');
    expect(events).toContain('"filesSeen":151');

    server.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    await expect(fetch(address)).rejects.toThrow();
  }, 120_000);

  it("captures a session by the hook it put into the settings, run as a shell runs it", async () => {
    const [home, store] = [join(scratch, "captured home"), join(scratch, "captured store")];
    new HandTranscript("5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c", join(scratch, "nowhere"), "2026-01-03")
      .prompt("11:00:00", "Write the berths down.")
      .response("11:00:10", 40, { type: "text", text: "Done." })
      .saveIn(home);
    const place = ["--store", store];
    expect(assay("capture", "install", "--no-schedule", "--home", home, ...place)).toMatchObject({ code: 0, err: "" });
    const settings = JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8")) as {
      hooks: { SessionEnd: [{ hooks: [{ command: string }] }] };
    };
    const { command } = settings.hooks.SessionEnd[0].hooks[0];
    const ended = spawnSync("sh", ["-c", command], { env: { PATH: "/usr/bin:/bin" }, encoding: "utf8", input: "{}" });
    expect([ended.status, ended.stdout, ended.stderr]).toEqual([0, "", ""]);

    let last: CaptureStatus["last"] = null;
    for (let tries = 0; last === null && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      last = (JSON.parse((await assayBeside("capture", "status", "--json", ...place)).out) as CaptureStatus).last;
    }
    expect(last).toMatchObject({ by: "hook", outcome: "imported", lost: 0 });
    expect(last?.sentence).toContain("1 new response");
    expect(assay("capture", "remove", ...place).code).toBe(0);
    expect(existsSync(join(home, ".claude/settings.json"))).toBe(false);
  }, 120_000);

  it("tells a person's mistake from a fault", () => {
    expect(assay("report", "--config", "nowhere.yaml").code).toBe(2);
    expect(assay("reprot").code).toBe(2);
  });

  it("is not troubled by a reader that leaves early", () => {
    const { status, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" "${entry}" --help | head -n 1`], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
