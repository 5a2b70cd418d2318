import { describe, expect, it } from "vitest";
import type { ImportSummary } from "./assay.ts";
import { Imports } from "./imports.ts";

const summary: ImportSummary = {
  filesSeen: 0,
  filesRead: 0,
  bytesRead: 0,
  newUsages: 0,
  repositories: 0,
  newCommits: 0,
  problems: [],
  lost: 0,
  changed: false,
};

describe("imports of a server", () => {
  it("run one at a time; one of everything waits for one of a single source, and is not taken for it", async () => {
    const begun: (string | undefined)[] = [];
    const ends: (() => void)[] = [];
    const imports = new Imports(
      (_progress, _signal, only) => {
        begun.push(only);
        return new Promise((resolve) => ends.push(() => resolve(summary)));
      },
      () => 0,
    );
    const end = async (): Promise<void> => {
      ends.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
    };
    const drain = imports.start("otlp");
    expect(imports.start("otlp").id).toBe(drain.id);
    const whole = imports.start();
    expect(whole.id).not.toBe(drain.id);
    expect([imports.start().id, imports.start("otlp").id]).toEqual([whole.id, whole.id]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(begun).toEqual(["otlp"]);
    await end();
    expect([imports.require(drain.id).state, imports.require(whole.id).state, begun]).toEqual(["done", "running", ["otlp", undefined]]);
    await end();
    expect(imports.require(whole.id).state).toBe("done");
    await imports.close();
  });
});
