/** The page in Debian's Chromium, on the built-in sample, served by the server itself. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, openBrowser, type ServedPage, servePage } from "./served-page.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const chromium = findChromium();

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds serious or worse. It is run by the debugger's protocol, which no policy of the page stands against. */
async function seriousFindings(page: Page): Promise<unknown[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<{ violations: Finding[] }>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => ({ id, first: nodes[0]?.html.slice(0, 200) }));
}

/** Places of the page, with the heading each must show. */
const placesOf = (session: string): readonly (readonly [string, string])[] => [
  ["/", "What did the tokens buy?"],
  ["/?open=spend&openWhere=fate=abandoned", "What did the tokens buy?"],
  ["/?range=2026-08-01..2026-08-31", "What did the tokens buy?"],
  ["/explore?grain=week&by=roll_up", "Explore"],
  ["/explore?by=model,purpose&pivot=yes", "Explore"],
  ["/sessions", "Sessions"],
  [`/sessions/${session}`, "$"],
  ["/changes", "Changes"],
  ["/code", "Code"],
  ["/delivery", "Delivery"],
  ["/sources", "Sources"],
  ["/stored", "What is stored"],
];

// Where no Chromium is, the rest of the suite still runs; .ci/run installs it.
describe.skipIf(chromium === null)("the page", () => {
  let served: ServedPage;
  let browser: Browser;

  beforeAll(async () => {
    [served, browser] = await Promise.all([servePage(), openBrowser(chromium ?? "")]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** A page whose complaints are kept: errors of the console, exceptions, refused requests. */
  async function open(path: string, options: { width?: number; dark?: boolean } = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark === true ? "dark" : "light",
    });
    page.setDefaultTimeout(15_000);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(served.address)) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(served.address + path);
    await loaded(page);
    return { page, complaints };
  }

  /** Nothing waits for the server any more. */
  async function loaded(page: Page): Promise<void> {
    await page.locator("h1, .trouble").first().waitFor();
    await page.locator(".waiting, [aria-busy=true]").first().waitFor({ state: "detached" });
  }

  it("answers at first sight: what was spent on which basis, what stuck, who buys least, what is not known", async () => {
    const { page, complaints } = await open("/");
    const answer = served.answer;
    const text = await page.locator("main").innerText();
    const cents = (BigInt(answer.spendNanoUsd) + 5_000_000n) / 10_000_000n;
    expect(text).toContain(`$${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`);
    expect(text).toContain("at API list prices, not what you paid");
    const bought = answer.rollUp.find(({ name }) => name === "bought")?.shareOfSpend ?? 0;
    // Shares are printed so that they add up to 100.0 %: each is within a tenth of its own value.
    const printed = Number(/([\d.]+) % of the spend is code that landed/.exec(text)?.[1]);
    expect(Math.abs(printed - bought * 100)).toBeLessThan(0.1);
    const least = answer.models
      .filter(({ nanoUsd }) => BigInt(nanoUsd ?? 0) * 100n >= BigInt(answer.spendNanoUsd))
      .toSorted((a, b) => (a.bought ?? 0) - (b.bought ?? 0))[0];
    expect(await page.locator(".rankings .panel", { hasText: "Models" }).locator(".first-place strong").innerText()).toBe(least?.model);
    expect(await page.locator(".rankings .panel", { hasText: "Teams" }).locator(".first-place strong").innerText()).toMatch(
      /^(quay|forecast)$/,
    );
    for (const sentence of answer.notKnown) expect(text).toContain(sentence);
    expect(await page.locator(".chart-place svg.chart").count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("loads at most 250 kB of scripts, packed, until the first screen stands with its chart", async () => {
    const page = await browser.newPage();
    const scripts: Promise<Buffer>[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith(".js")) scripts.push(response.body());
    });
    await page.goto(served.address);
    await loaded(page);
    await page.locator("svg.chart").waitFor();
    const packed = (await Promise.all(scripts)).map((body) => gzipSync(body, { level: 9 }).length);
    expect(packed.length).toBeGreaterThan(1);
    expect(packed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(250_000);
    await page.close();
  });

  it("leads from the first number to a row, to its session, to the commit its lines are in", async () => {
    const { page, complaints } = await open("/");
    await page.locator(".verdict .number").click();
    const drawer = page.locator("dialog[open]");
    await drawer.getByText("API-equivalent dollars").waitFor();
    expect(await drawer.locator("pre").textContent()).toMatch(/SELECT/);
    const first = drawer.locator("tbody th a").first();
    const session = await first.getAttribute("title");
    await first.click();
    await page.waitForURL(`**/sessions/${session}`);
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.locator("section", { hasText: "Commits it wrote lines of" }).locator("tbody a").first().click();
    await page.waitForURL("**/commits/*");
    await page.getByRole("heading", { name: /^Commit [0-9a-f]{8}: \$/ }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("keeps all it shows in its address: loaded anew it shows the same, and back goes back", async () => {
    const { page, complaints } = await open("/explore");
    await page.getByLabel("Add a dimension").selectOption("purpose");
    await page.getByLabel("Cut time into").selectOption("month");
    await page.locator(".explore-answer thead", { hasText: "Month" }).waitFor();
    await loaded(page);
    const address = page.url();
    expect(address).toMatch(/\?by=model,purpose&grain=month$/);
    const before = await page.locator(".explore-answer table").innerText();
    await page.goto(address);
    await loaded(page);
    expect(await page.locator(".explore-answer table").innerText()).toBe(before);
    await page.goBack();
    await page.waitForURL(/by=model,purpose$/);
    expect(new URL(page.url()).search).toBe("?by=model,purpose");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("keeps a view under a name, leads back to it, and forgets it", async () => {
    const { page, complaints } = await open("/explore?by=purpose&grain=week");
    const panel = page.locator("section", { has: page.getByRole("heading", { name: "Saved views" }) });
    await panel.getByLabel("Name of this view").fill("Weeks by purpose");
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByRole("link", { name: "Weeks by purpose" }).waitFor();
    await page.goto(`${served.address}/explore`);
    await loaded(page);
    await panel.getByRole("link", { name: "Weeks by purpose" }).click();
    await page.waitForURL("**/explore?by=purpose&grain=week");
    await panel.getByRole("button", { name: "Forget Weeks by purpose" }).click();
    await panel.getByText("None yet.").waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("imports at a click, shows how far it is, and how it ended", async () => {
    const { page, complaints } = await open("/sources");
    const panel = page.locator("section", { has: page.getByRole("heading", { name: "Imports" }) });
    await panel.getByText("None since the server began.").waitFor();
    await panel.getByRole("button", { name: "Import now" }).click();
    await panel.getByText("reading logs: 1 of 4").waitFor();
    expect(await panel.getByRole("progressbar").getAttribute("value")).toBe("1");
    expect(await panel.getByRole("button", { name: "Import now" }).isDisabled()).toBe(true);
    await panel.getByText("nothing was new").waitFor();
    expect(await panel.locator("tbody tr").count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("answers of some days, in its address and in every number that opens", async () => {
    const { page, complaints } = await open("/");
    await page.locator(".days-of-screen summary").click();
    await page.getByRole("button", { name: "last 7" }).click();
    await page.waitForURL(/range=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/);
    const range = new URL(page.url()).searchParams.get("range") ?? "";
    expect(range.split("..")[1]).toBe(served.answer.period.to);
    await page.locator(".is-new .verdict").first().waitFor();
    const spent = await page.locator(".verdict .number").innerText();
    await page.locator(".verdict .number").click();
    const drawer = page.locator("dialog[open]");
    await drawer.locator(".drawer-value").waitFor();
    expect(await drawer.locator(".drawer-value").innerText()).toBe(spent);
    expect(new URL(page.url()).searchParams.get("openRange")).toBe(range);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("is used by keyboard alone: skip link, places, a number, its drawer, and out again", async () => {
    const { page, complaints } = await open("/");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement?.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement?.className")).toContain("number");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    expect(new URL(page.url()).searchParams.get("open")).toBe("spend");
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("");
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.waitForURL("**/sessions");
    await page.keyboard.press("t");
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("light");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows every place without a complaint or a serious finding of axe, light and wide, dark and at 390 px", async () => {
    for (const [width, dark] of [
      [1280, false],
      [390, true],
    ] as const) {
      const { page, complaints } = await open("/", { width, dark });
      for (const [path, heading] of placesOf(served.answer.topSessions[0]?.session ?? "")) {
        const at = `${path} at ${width} px`;
        await page.goto(served.address + path);
        await loaded(page);
        expect(await page.locator("h1").first().innerText(), at).toContain(heading);
        expect(await page.locator(".trouble").count(), at).toBe(0);
        expect(await page.evaluate<number>("document.documentElement.scrollWidth"), at).toBeLessThanOrEqual(width);
        expect(complaints, at).toEqual([]);
        // Dark differs by its colours alone, which these two hold all of.
        if (!dark || path === "/" || path.startsWith("/explore")) expect(await seriousFindings(page), at).toEqual([]);
      }
      await page.close();
    }
  }, 120_000);

  it("says what went wrong and what to do about it", async () => {
    const { page } = await open("/sessions/no-such-session");
    const trouble = page.getByRole("alert");
    await trouble.waitFor();
    expect(await trouble.innerText()).toContain("no-such-session");
    expect(await trouble.getByRole("button", { name: "Try again" }).count()).toBe(1);
    await page.close();
  });
});
