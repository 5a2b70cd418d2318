/** A real server on a loopback port, over a store in a temporary folder. */
import type { ImportSummary } from "../../../src/app/assay.ts";
import type { RunImport } from "../../../src/app/imports.ts";
import { openServed } from "../../../src/app/served-assay.ts";
import { type RunningServer, startServer } from "../../../src/surfaces/http/server.ts";

export interface Setting {
  readonly host?: string;
  readonly port?: number;
  readonly assetsDir?: string | null;
  readonly runImport?: RunImport;
  readonly timeMs?: number;
  readonly rows?: number;
  readonly now?: () => number;
  readonly inboxBytes?: number;
  readonly grpcPort?: number;
  readonly isSample?: boolean;
}

const noImport: ImportSummary = {
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

export const faults: Error[] = [];

export async function serveStore(folder: string, setting: Setting = {}): Promise<RunningServer> {
  const now = setting.now ?? (() => Date.UTC(2026, 10, 1));
  const assay = openServed(
    {
      folder,
      configFile: null,
      isSample: false,
      version: "test",
      variables: { PATH: process.env["PATH"] },
      platform: process.platform,
      releaseMemory() {},
      now,
    },
    { timeMs: setting.timeMs ?? 30_000, rows: setting.rows ?? 100_000 },
  );
  return await startServer({
    assay,
    storeDir: folder,
    host: setting.host ?? "127.0.0.1",
    port: setting.port ?? 0,
    assetsDir: setting.assetsDir ?? null,
    version: "test",
    runImport: setting.runImport ?? (async () => noImport),
    now,
    grpcPort: setting.grpcPort ?? null,
    isSample: setting.isSample ?? false,
    ...(setting.inboxBytes === undefined ? {} : { inboxBytes: setting.inboxBytes }),
    onFault: (_, error) => faults.push(error),
  });
}

/** Asks a path of a server, of the right host. */
export const ask = async (server: RunningServer, path: string, init: RequestInit = {}): Promise<Response> =>
  await fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: "manual", ...init });

export const askJson = async <T>(server: RunningServer, path: string, init: RequestInit = {}): Promise<T> =>
  (await (await ask(server, path, init)).json()) as T; // as the test wants it
