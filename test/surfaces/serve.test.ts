/** When the command line serves, what it says, and how it ends. */
import { describe, expect, it } from "vitest";
import type { ServeOptions, Serving } from "../../src/surfaces/cli/machine.ts";
import { runWith } from "./fake-machine.ts";

/** Runs a command line that is interrupted as soon as it serves. */
async function served(args: readonly string[], told: Partial<Serving> = {}, isTerminal = false) {
  const asked: ServeOptions[] = [];
  const opened: string[] = [];
  let closed = 0;
  const interrupt = new AbortController();
  const ran = await runWith(args, {
    isTerminal,
    machine: {
      interruptSignal: () => interrupt.signal,
      openPage: (address) => void opened.push(address),
      async serve(options) {
        asked.push(options);
        setTimeout(() => interrupt.abort());
        return {
          address: "http://127.0.0.1:4173/",
          port: 4173,
          grpcPort: null,
          madeToken: null,
          close: async () => void closed++,
          ...told,
        };
      },
    },
  });
  return { ...ran, asked, opened, closed };
}

describe("assay serve", () => {
  it("prints the address, waits for Ctrl-C, closes, and ends with 0", async () => {
    const { code, out, asked, closed, opened, calls } = await served(["serve", "--repo", "boats"]);
    expect(calls.map(({ name }) => name)).toEqual(["prepare"]); // of an earlier version: before anybody asks
    expect([code, out, closed, opened]).toEqual([0, "Serving http://127.0.0.1:4173/\n", 1, []]);
    expect(asked).toEqual([
      {
        storeDir: "/home/ada/.local/share/assay",
        configFile: null,
        host: "127.0.0.1",
        port: 4173,
        grpcPort: null,
        repositories: ["/home/ada/harbour/boats"],
        home: "/home/ada",
        timeLimitMs: 30_000,
        rowCap: 100_000,
      },
    ]);
  });

  it("says which port it took instead, shows the page when asked, and tells a new token once", async () => {
    const { err, opened } = await served(["serve", "--open"], { port: 4175, madeToken: "assay_secret" });
    expect(err).toContain("Port 4173 is taken: 4175 is the next free one.");
    expect(err).toContain("assay_secret");
    expect(opened).toEqual(["http://127.0.0.1:4173/"]);
  });

  it("refuses what is no port, and asks nothing of the machine then", async () => {
    for (const port of ["70000", "-1", "http"]) {
      const { code, asked } = await served(["serve", `--port=${port}`]);
      expect([port, code, asked]).toEqual([port, 2, []]);
    }
  });
});

describe("assay alone", () => {
  it("serves after the answer on a terminal, and ends with it elsewhere", async () => {
    const onTerminal = await served(["start"], {}, true);
    expect([onTerminal.code, onTerminal.asked.length, onTerminal.closed]).toEqual([0, 1, 1]);
    expect(onTerminal.out).toMatch(/Serving http:\/\/127\.0\.0\.1:4173\/\n$/);
    expect(onTerminal.files.size).toBe(1);
    expect((await served(["start"])).asked).toEqual([]);
    expect((await served(["start", "--no-serve"], {}, true)).asked).toEqual([]);
    expect((await served(["start", "--json"], {}, true)).asked).toEqual([]);
    expect((await served(["start", "--serve"])).asked.length).toBe(1);
  });
});
