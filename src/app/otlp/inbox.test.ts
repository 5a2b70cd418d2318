/** What an inbox answers for, beside imports that seal, read and take away its segments at any moment. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listSegments, sealSegment } from "../../sources/otlp/segments.ts";
import { Inbox } from "./inbox.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-inbox-"));
  folder = join(root, "inbox");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (bytes = 1e9, segmentBytes = 1e9): Promise<Inbox> => Inbox.open(folder, { bytes, segmentBytes }, () => 1_767_348_000_000);
const contents = (): string[] => readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

describe("an inbox", () => {
  it("has a line on the disk when it has answered for it; those that come at one time in one write", async () => {
    const inbox = await open();
    await Promise.all(Array.from({ length: 50 }, (_, n) => inbox.append(`line ${n}\n`)));
    expect(contents()).toEqual([Array.from({ length: 50 }, (_, n) => `line ${n}\n`).join("")]);
    await inbox.close();
    await expect(inbox.append("more\n")).rejects.toMatchObject({ code: "closing" });
  });

  it("goes on in a new segment when its own was sealed, and leaves no line to the sealed one alone", async () => {
    const inbox = await open();
    await inbox.append("one\n");
    const [name] = readdirSync(folder) as [string];
    renameSync(join(folder, name), join(folder, name.replace(".open", ".jsonl")));
    await inbox.append("two\n");
    const left = readdirSync(folder).filter((other) => other.endsWith(".open"));
    expect(left.map((other) => readFileSync(join(folder, other), "utf8"))).toEqual(["two\n"]);
    await inbox.close();
  });

  it("loses nothing it answered for while imports seal, read and take away all the time", async () => {
    const inbox = await open();
    const read: string[] = [];
    let over = false;
    const drain = async (): Promise<void> => {
      for (const { path } of await listSegments(folder)) {
        sealSegment(path);
        read.push(readFileSync(path, "utf8"));
        await wait(Math.random() * 2);
        rmSync(path);
      }
    };
    const draining = (async () => {
      while (!over) {
        await drain();
        await wait(Math.random() * 3);
      }
    })();
    await Promise.all(
      Array.from({ length: 8 }, async (_, sender) => {
        for (let n = 0; n < 40; n++) await inbox.append(`${sender}.${n}\n`);
      }),
    );
    over = true;
    await draining;
    await inbox.close();
    await drain();
    const lines = new Set(read.join("").split("\n"));
    const missing = Array.from({ length: 8 * 40 }, (_, n) => `${n % 8}.${Math.floor(n / 8)}`).filter((line) => !lines.has(line));
    expect(missing).toEqual([]);
  });

  it("says so when it cannot write, and writes nothing behind what may be half a line", async () => {
    const inbox = await open();
    writeFileSync(folder, "in the way");
    await expect(inbox.append("one\n")).rejects.toMatchObject({ code: "inbox_unwritable" });
    rmSync(folder);
    await inbox.append("two\n");
    expect(contents()).toEqual(["two\n"]);
    await inbox.close();
  });

  it("is full at its limit, until an import took something away", async () => {
    const inbox = await open(10);
    await inbox.append("12345678\n");
    await expect(inbox.append("1\n")).rejects.toMatchObject({ code: "inbox_full" });
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    expect(await inbox.look()).toBe(0);
    await inbox.append("1\n");
    expect(existsSync(folder)).toBe(true);
    await inbox.close();
  });

  it("seals a segment that is large enough, and knows what an earlier server left", async () => {
    const inbox = await open(1e9, 4);
    await inbox.append("12345\n");
    await inbox.append("67890\n");
    expect(readdirSync(folder).every((name) => name.endsWith(".jsonl"))).toBe(true);
    await inbox.close();
    const next = await open();
    expect([next.hasSomething, await next.look()]).toEqual([true, 12]);
  });
});
