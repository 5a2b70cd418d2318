import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../../contract/errors.ts";

/** What printing needs to know of the machine. */
export interface Printing {
  readonly platform: NodeJS.Platform;
  /** `CHROMIUM` names a browser that lies elsewhere. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Chromium refuses its sandbox to root. */
  readonly isRoot: boolean;
}

const longestMs = 60_000;

/** Where browsers of the Chromium family lie, the best first. */
function placesOf({ platform, variables }: Printing): string[] {
  const named = variables["CHROMIUM"];
  const byPlatform: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    ),
    win32: [variables["ProgramFiles"], variables["ProgramFiles(x86)"], variables["LOCALAPPDATA"]].flatMap((folder) =>
      folder === undefined
        ? []
        : [`${folder}\\Google\\Chrome\\Application\\chrome.exe`, `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`],
    ),
  };
  const usual = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "brave-browser"];
  return [...(named === undefined || named === "" ? [] : [named]), ...(byPlatform[platform] ?? usual.map((name) => `/usr/bin/${name}`))];
}

/**
 * Prints a page that needs nothing else to a file, by the browser of this machine. It gets a profile of its own, which goes
 * with it, and asks nobody: the page's own policy forbids requests.
 * @param path absolute
 * @throws UserError `no_browser`, `browser_failed`
 */
export async function printPdf(page: string, path: string, printing: Printing): Promise<void> {
  const browser = placesOf(printing).find((place) => existsSync(place));
  if (browser === undefined) {
    throw new UserError("no_browser", "A PDF is printed by a browser, and no Chromium, Chrome or Edge is on this machine.", {
      hint: "Name one with the variable CHROMIUM, or take --format html and print it yourself.",
    });
  }
  const folder = await mkdtemp(join(tmpdir(), "assay-print-"));
  try {
    const file = join(folder, "report.html");
    await writeFile(file, page, { mode: 0o600 });
    const said = await run(browser, [...argumentsOf(folder, path, printing), pathToFileURL(file).href]);
    if (said !== null || !existsSync(path)) {
      throw new UserError("browser_failed", `${browser} did not print the report: ${said ?? "it wrote no file"}.`, {
        hint: "Name another browser with the variable CHROMIUM, or take --format html and print it yourself.",
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function argumentsOf(folder: string, path: string, { isRoot }: Printing): string[] {
  return [
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    ...(isRoot ? ["--no-sandbox"] : []),
    `--user-data-dir=${join(folder, "profile")}`,
    "--no-pdf-header-footer",
    `--print-to-pdf=${path}`,
  ];
}

/** @returns null where it ended well, else the last thing it said */
function run(browser: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(browser, args, { stdio: ["ignore", "ignore", "pipe"], timeout: longestMs });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = `${said}${text}`.slice(-4_000)));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? null : (said.trim().split("\n").at(-1) ?? "") || `it ended with ${code ?? signal}`),
    );
  });
}
