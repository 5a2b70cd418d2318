import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { renderAnswerHtml } from "../../src/surfaces/cli/answer-html.ts";
import { printPdf } from "../../src/surfaces/cli/print-pdf.ts";
import { answerFixture, answerOf, fixtureCents } from "./answer-fixture.ts";
import { runWith } from "./fake-machine.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-report-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a report", () => {
  it("is of any days, and says so first", async () => {
    const { calls } = await runWith(["report", "--from", "2026-01-01", "--to", "2026-01-31"]);
    expect(calls).toEqual([{ name: "answer", args: [{ asOf: null, range: { from: "2026-01-01", to: "2026-01-31" } }] }]);
    expect((await runWith(["report", "--to", "2026-01-31"])).calls[0]?.args).toEqual([
      { asOf: null, range: { from: null, to: "2026-01-31" } },
    ]);
    const ofJanuary = answerOf(fixtureCents, { range: { from: "2026-01-01", to: "2026-01-31" } });
    for (const format of ["text", "html", "md", "svg"]) {
      const { out } = await runWith(["report", "--format", format], { assay: { answer: async () => ofJanuary } });
      expect(out.replaceAll("\n", " ")).toContain("1 Jan – 31 Jan 2026: what was spent then, and what became of it since.");
    }
  });

  it("refuses days that are none, and an end before its beginning", async () => {
    expect((await runWith(["report", "--from", "2026-02-30"])).code).toBe(2);
    const { code, err } = await runWith(["report", "--from", "2026-02-02", "--to", "2026-02-01"]);
    expect([code, err]).toEqual([2, "2026-02-02 is after 2026-02-01.\nThe earlier day comes first: --from, then --to.\n"]);
  });

  it("as PDF is a page with all tables open, printed to a file that is named", async () => {
    expect((await runWith(["report", "--format", "pdf"])).err).toContain("--out report.pdf");
    const { code, files, err } = await runWith(["report", "--format", "pdf", "--out", "january.pdf"]);
    expect([code, err]).toEqual([0, "Written to /home/ada/harbour/january.pdf\n"]);
    expect(files.get("/home/ada/harbour/january.pdf")).toBe(renderAnswerHtml(answerFixture, { paper: true }));
    expect(files.get("/home/ada/harbour/january.pdf")).toContain("<details open>");
  });
});

describe("printing", () => {
  const printing = { platform: "linux", isRoot: true } as const;

  it("says what is missing where no browser is, and what a browser said that failed", async () => {
    const nowhere = { platform: "win32", isRoot: false, variables: {} } as const;
    await expect(printPdf("<p>", join(folder, "a.pdf"), nowhere)).rejects.toMatchObject({ code: "no_browser" });
    const broken = join(folder, "broken");
    writeFileSync(broken, "#!/bin/sh\necho 'cannot draw' >&2\nexit 3\n", { mode: 0o755 });
    await expect(printPdf("<p>", join(folder, "b.pdf"), { ...printing, variables: { CHROMIUM: broken } })).rejects.toMatchObject({
      code: "browser_failed",
      message: `${broken} did not print the report: cannot draw.`,
    });
    const idle = join(folder, "idle");
    writeFileSync(idle, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    await expect(printPdf("<p>", join(folder, "c.pdf"), { ...printing, variables: { CHROMIUM: idle } })).rejects.toMatchObject({
      code: "browser_failed",
    });
  });

  const browser = ["/usr/bin/chromium", process.env["CHROMIUM"]].find((place) => place !== undefined && existsSync(place));
  it.skipIf(browser === undefined)(
    "makes a PDF by the browser of this machine",
    async () => {
      const path = join(folder, "report.pdf");
      await printPdf(renderAnswerHtml(answerFixture, { paper: true }), path, { ...printing, variables: { CHROMIUM: browser } });
      const pdf = readFileSync(path);
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      expect(pdf.length).toBeGreaterThan(20_000);
    },
    120_000,
  );
});
