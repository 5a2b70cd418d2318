/** What the command line needs of the machine it runs on. `main.ts` makes it from the real one, tests make their own. */
import type { Assay, Progress } from "../../app/assay.ts";
import type { ScheduleHost } from "../../app/capture/apply-schedule.ts";
import type { TurnHost } from "../../app/capture/turns.ts";

/** A stream a person or a program reads. */
export interface Screen {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; undefined where it is no terminal. */
  readonly columns: number | undefined;
  /** How many colours it shows, as bits; 1 for none. */
  readonly colorDepth: number;
}

export interface OpenOptions {
  /** Folder of the store, absolute. Made when missing. */
  readonly storeDir: string;
  /** The organisation's file, absolute; null for `assay.yaml` in the store's folder, if there is one. */
  readonly configFile: string | null;
  /** Environment of what is read, where it is not that of this process. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** Processes beside this one. */
export interface Processes extends Pick<ScheduleHost, "run" | "userId">, Pick<TurnHost, "pid" | "isAlive" | "wait"> {
  /** What starts this program: the interpreter and its script. */
  readonly program: readonly string[];
  /** Starts this program with other arguments, quietly and at a low priority, and lets it go: it outlives this process. */
  startApart(args: readonly string[]): void;
}

/** Where the invented organisation was written, and the store that is marked as holding nothing else. */
export interface SampleFolders {
  readonly storeDir: string;
  readonly home: string;
  readonly repositories: readonly string[];
}

export interface ServeOptions extends OpenOptions {
  readonly host: string;
  /** 0 for any that is free; one that is taken leads to the next. */
  readonly port: number;
  /** Port for OTLP over gRPC, 0 for any that is free; null for none. */
  readonly grpcPort: number | null;
  /** What an import through the server reads. */
  readonly repositories: readonly string[];
  readonly home: string | null;
  readonly timeLimitMs: number;
  readonly rowCap: number;
}

/** A server that runs. */
export interface Serving {
  readonly address: string;
  readonly port: number;
  /** Null where gRPC is not served. */
  readonly grpcPort: number | null;
  /** The owner's token when it was made now; it is told this once. */
  readonly madeToken: string | null;
  /** Ends every connection and closes the store. */
  close(): Promise<void>;
}

export interface Machine {
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly version: string;
  readonly platform: NodeJS.Platform;
  /** `v20.19.0` */
  readonly nodeVersion: string;
  readonly homeDir: string;
  readonly workingDir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** UTC milliseconds: only for what a person watches, never for an answer. */
  now(): number;
  openAssay(options: OpenOptions): Promise<Assay>;
  makeSample(folder: string): Promise<SampleFolders>;
  /** Bytes this user may still write to the disk of a folder; null where the machine does not tell. */
  freeBytes(folder: string): Promise<number | null>;
  isFolder(path: string): Promise<boolean>;
  /** Writes a file and the folders above it. */
  writeText(path: string, text: string): Promise<void>;
  /** Prints a page to a file as PDF. @throws UserError where no browser is there that can */
  printPdf(page: string, path: string): Promise<void>;
  readonly processes: Processes;
  /** Serves a store. */
  serve(options: ServeOptions): Promise<Serving>;
  /** Shows an address in this user's browser, where there is one. */
  openPage(address: string): void;
  /** Set where this process works for a server, which wants to know how far it is. */
  readonly tellProgress?: Progress;
  /** Aborts at the first Ctrl-C from now on; a second one leaves at once. @param words what is said at the first */
  interruptSignal(words?: string): AbortSignal;
}
