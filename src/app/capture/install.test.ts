import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImportSummary } from "../assay.ts";
import { UserError } from "../../contract/errors.ts";
import type { ScheduleHost } from "./apply-schedule.ts";
import { captureStatus, installCapture, keptVariables, removeCapture } from "./install.ts";
import { readQuietly } from "./run.ts";
import { type TurnHost, takeTurn } from "./turns.ts";

let root: string;
let table: string | null;
let host: ScheduleHost;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-capture-"));
  table = "0 5 * * * backup\n";
  host = {
    platform: "linux",
    homeDir: join(root, "home"),
    variables: { PATH: "/usr/bin", CODEX_HOME: "/data/codex" },
    userId: 501,
    // No systemd; a crontab that is a variable of this test.
    async run({ name, args }, input) {
      if (name !== "crontab") return { code: null, out: "", err: "not found" };
      if (args[0] === "-l") return table === null ? { code: 1, out: "", err: "no crontab for ana" } : { code: 0, out: table, err: "" };
      table = args[0] === "-r" ? null : (input ?? "");
      return { code: 0, out: "", err: "" };
    },
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const folder = (): string => join(root, "store");
const settings = (): string => join(root, "home", ".claude", "settings.json");
const place = (text: string | null): void => {
  mkdirSync(join(root, "home", ".claude"), { recursive: true });
  if (text !== null) writeFileSync(settings(), text);
};
const install = () =>
  installCapture(
    {
      folder: folder(),
      program: ["/opt/node", "/opt/assay.js"],
      home: join(root, "home"),
      configFile: null,
      repositories: [],
      schedule: true,
    },
    host,
  );

describe("capture", () => {
  it("puts a hook and a schedule in place once, and takes exactly them away", async () => {
    const before = '{ "model": "opus" }\n';
    place(before);
    expect((await install()).changed).toBe(true);
    const [text, lines] = [readFileSync(settings(), "utf8"), table];
    expect(text).toContain("capture run --by hook --detach --store");
    expect(lines?.split("\n").filter((line) => line.includes("capture run --by schedule"))).toHaveLength(1);
    const again = await install();
    expect([again.changed, readFileSync(settings(), "utf8"), table]).toEqual([false, text, lines]);
    expect(again.status).toMatchObject({ hooks: [{ state: "present" }], schedule: { kind: "crontab", state: "present" } });
    expect(await removeCapture(folder(), host)).toBe(true);
    expect([readFileSync(settings(), "utf8"), table]).toEqual([before, "0 5 * * * backup\n"]);
    expect(readdirSync(join(root, "home", ".claude"))).toEqual(["settings.json"]);
    expect(await removeCapture(folder(), host)).toBe(false);
  });

  it("takes only the hook out of settings that were changed since", async () => {
    place("{}\n");
    await install();
    const changed = { ...(JSON.parse(readFileSync(settings(), "utf8")) as object), model: "opus" };
    writeFileSync(settings(), JSON.stringify(changed));
    await removeCapture(folder(), host);
    expect(JSON.parse(readFileSync(settings(), "utf8"))).toEqual({ model: "opus" });
  });

  it("leaves no settings behind where there were none", async () => {
    place(null);
    await install();
    await removeCapture(folder(), host);
    expect(readdirSync(join(root, "home", ".claude"))).toEqual([]);
  });

  it("changes nothing where the settings are no JSON", async () => {
    place("{ // mine\n}");
    await expect(install()).rejects.toThrow(UserError);
    expect([readFileSync(settings(), "utf8"), table]).toEqual(["{ // mine\n}", "0 5 * * * backup\n"]);
  });

  it("says what is missing of it", async () => {
    place("{}");
    await install();
    writeFileSync(settings(), "{}");
    table = null;
    expect(await captureStatus(folder(), host)).toMatchObject({
      hooks: [{ state: "missing" }],
      schedule: { state: "missing" },
      missingPrograms: ["/opt/node", "/opt/assay.js"],
    });
  });

  it("hands every variable that moves an agent's folder to readings that start without a shell", () => {
    const sources = fileURLToPath(new URL("../../sources/", import.meta.url));
    const read = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .flatMap((path) => [...readFileSync(join(sources, path), "utf8").matchAll(/"([A-Z][A-Z0-9]*_[A-Z0-9_]+|APPDATA)"/g)])
      .map(([, name = ""]) => name)
      .filter((name) => /(?:_DIR|_HOME|_ROOT|^APPDATA)$/.test(name));
    expect([...new Set(read)].filter((name) => !(keptVariables as readonly string[]).includes(name))).toEqual([]);
  });
});

describe("readings that fire together", () => {
  const turnHost = (pid: number, wait: () => Promise<void>): TurnHost => ({ pid, isAlive: (other) => other < 100, now: () => 1_000, wait });
  const nothing: ImportSummary = { changed: false, lost: 0 } as ImportSummary;

  it("are one that reads, one that waits, and the rest leave", async () => {
    mkdirSync(folder());
    const giveBack = await takeTurn(
      folder(),
      turnHost(1, async () => {}),
    );
    let left: unknown = "not asked";
    const second = takeTurn(
      folder(),
      turnHost(2, async () => {
        left = await takeTurn(
          folder(),
          turnHost(3, async () => {}),
        );
        giveBack?.();
      }),
    );
    expect(await second).not.toBeNull();
    expect(left).toBeNull();
  });

  it("take the turn of one that died", async () => {
    mkdirSync(folder());
    writeFileSync(join(folder(), "capture-running"), "4711");
    expect(
      await takeTurn(
        folder(),
        turnHost(1, async () => {}),
      ),
    ).not.toBeNull();
  });

  it("wait for a store in use, and keep what a failed one said", async () => {
    mkdirSync(folder());
    let tries = 0;
    const read = async (): Promise<ImportSummary> => {
      if (tries++ === 0) throw new UserError("store_busy", "in use");
      return nothing;
    };
    const options = { folder: folder(), by: "hook" as const, sentence: () => "Nothing new." };
    const run = await readQuietly(
      { ...options, read },
      turnHost(1, async () => {}),
    );
    expect([tries, run?.outcome]).toEqual([2, "nothing_new"]);
    const failed = await readQuietly(
      { ...options, read: () => Promise.reject(new Error("disk full")) },
      turnHost(1, async () => {}),
    );
    expect(failed).toMatchObject({ outcome: "failed", sentence: "disk full" });
    expect(await captureStatus(folder(), host)).toMatchObject({ last: { outcome: "failed" }, lastFailure: { sentence: "disk full" } });
  });
});
