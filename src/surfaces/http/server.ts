import type { AddressInfo } from "node:net";
import { type Server, createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Imports, type RunImport } from "../../app/imports.ts";
import { drainInbox } from "../../app/otlp/drain.ts";
import { openInbox } from "../../app/otlp/inbox.ts";
import { OtlpReceiver } from "../../app/otlp/receiver.ts";
import { ensureOwnerToken } from "../../app/owner-token.ts";
import type { ServedAssay } from "../../app/served-assay.ts";
import { UserError } from "../../contract/errors.ts";
import { httpApp } from "./app.ts";
import { Assets } from "./assets.ts";
import { Access, isLoopback } from "./guard.ts";
import { HeldBytes } from "./held-bytes.ts";
import { otlpHandler } from "./otlp.ts";
import { startGrpc } from "./otlp-grpc.ts";

export interface ServerOptions {
  readonly assay: ServedAssay;
  /** Folder of the store: the owner's token is kept in it, hashed. */
  readonly storeDir: string;
  readonly host: string;
  readonly port: number;
  /** Port for OTLP over gRPC; null for none. */
  readonly grpcPort?: number | null;
  /** The store is the invented sample: no OTLP is taken. */
  readonly isSample?: boolean;
  /** Bytes of OTLP that may wait to be imported. */
  readonly inboxBytes?: number;
  /** Folder of the built page; null for none. */
  readonly assetsDir: string | null;
  readonly version: string;
  readonly runImport: RunImport;
  /** UTC milliseconds, for imports and logins. */
  now(): number;
  onFault(id: string, error: Error): void;
}

export interface RunningServer {
  /** `http://127.0.0.1:4173/` */
  readonly address: string;
  readonly port: number;
  readonly grpcPort: number | null;
  /** The owner's token, when it was made now: it is told this once. */
  readonly madeToken: string | null;
  /** Ends every connection, the import that runs, and the store's. */
  close(): Promise<void>;
}

/** How many ports are tried after one that is taken. */
const portsTried = 50;

/**
 * Serves the API and the page. Off loopback everything needs the owner's token.
 * @throws UserError `port_taken`, `host_unknown`
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { assay, host, version, now, onFault } = options;
  const onLoopback = isLoopback(host);
  const token = onLoopback ? null : ensureOwnerToken(options.storeDir);
  const imports = new Imports(options.runImport, now);
  const access = new Access(token?.hash ?? null, now);
  const inbox = await openInbox(options.storeDir, options.inboxBytes, now);
  const receiver = new OtlpReceiver(inbox, now);
  const otlp = {
    receiver,
    held: new HeldBytes(),
    access,
    onLoopback,
    isSample: options.isSample === true,
    onFault: (error: Error) => onFault("otlp", error),
  };
  const app = httpApp({
    assay,
    imports,
    version,
    onLoopback,
    onFault,
    access,
    assets: await Assets.load(options.assetsDir),
  });
  const respond = getRequestListener(app.fetch);
  const isTaken = otlpHandler(otlp);
  const server = createServer((request, response) => {
    if (!isTaken(request, response)) void respond(request, response);
  });
  const { port } = await listen(server, host, options.port);
  const grpc =
    options.grpcPort === undefined || options.grpcPort === null
      ? null
      : await startGrpc({ ...otlp, host, port: options.grpcPort }).catch(async (error: unknown) => {
          server.close();
          throw error;
        });
  const endDraining = drainInbox(inbox, imports, now);
  return {
    address: `http://${host.includes(":") ? `[${host.replaceAll(/[[\]]/g, "")}]` : host}:${port}/`,
    port,
    grpcPort: grpc?.port ?? null,
    madeToken: token?.made ?? null,
    async close() {
      endDraining();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await grpc?.close();
      await inbox.close();
      await imports.close();
      await closed;
      await assay.close();
    },
  };
}

async function listen(server: Server, host: string, first: number): Promise<AddressInfo> {
  const last = first === 0 ? 0 : Math.min(first + portsTried, 65_535);
  for (let port = first; port <= last; port++) {
    const error = await tryListen(server, host, port);
    if (error === null) return server.address() as AddressInfo; // it listens on a port
    if (error.code === "EADDRINUSE") continue;
    if (error.code === "ENOTFOUND" || error.code === "EADDRNOTAVAIL")
      throw new UserError("host_unknown", `This machine has no address ${host}.`, {
        hint: "Give 127.0.0.1, or 0.0.0.0 for all.",
        cause: error,
      });
    if (error.code === "EACCES")
      throw new UserError("port_taken", `Port ${port} may not be used.`, { hint: "Give a port above 1023 with --port.", cause: error });
    throw error;
  }
  throw new UserError("port_taken", `Ports ${first} to ${last} are all taken.`, { hint: "Give another with --port; 0 takes any." });
}

function tryListen(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off("listening", listening);
      resolve(error);
    };
    const listening = (): void => {
      server.off("error", failed);
      resolve(null);
    };
    server.once("error", failed);
    server.once("listening", listening);
    server.listen(port, host.replaceAll(/[[\]]/g, ""));
  });
}
