/** The page's files as the bundler left them: content types, caching, compression, and the page itself for its routes. */
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};
const compressible = new Set([".html", ".js", ".css", ".json", ".map", ".svg", ".txt", ".webmanifest"]);

interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly gzipped: Uint8Array | null;
  readonly etag: string;
  /** Its name carries a hash of its contents: it never changes. */
  readonly isHashed: boolean;
}

/** Files of a folder by the path they are asked by. Read once: only what was there at the start can be asked for. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
  }

  /** @param folder null, or a folder that may be missing: the page is not built then */
  static async load(folder: string | null): Promise<Assets> {
    const entries = folder === null ? [] : await readdir(folder, { withFileTypes: true, recursive: true }).catch(missing);
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const loaded = await Promise.all(
      files.map(
        async (file): Promise<[string, Asset]> => [
          `/${relative(folder ?? "", file)
            .split(sep)
            .join("/")}`,
          await loadAsset(file),
        ],
      ),
    );
    return new Assets(new Map(loaded));
  }

  /**
   * @param path as asked, decoded; what is no file is a place of the page, which finds it by itself
   * @returns null where there is neither
   */
  respond(path: string, asked: { readonly encodings: string; readonly etag: string | undefined }): Response | null {
    const own = this.#files.get(path) ?? (extname(path) === "" ? this.#files.get("/index.html") : undefined);
    if (own === undefined) return null;
    const cache = own.isHashed ? "public, max-age=31536000, immutable" : "no-cache";
    const headers = { etag: own.etag, "cache-control": cache, vary: "accept-encoding" };
    if (asked.etag?.split(/\s*,\s*/).includes(own.etag)) return new Response(null, { status: 304, headers });
    const packed = own.gzipped !== null && /\bgzip\b/.test(asked.encodings);
    return new Response((packed ? own.gzipped : own.bytes) as Uint8Array<ArrayBuffer>, {
      headers: { ...headers, "content-type": own.type, ...(packed ? { "content-encoding": "gzip" } : {}) },
    });
  }

  get isBuilt(): boolean {
    return this.#files.has("/index.html");
  }
}

/** A page that is not built is no failure: the API answers without it. */
function missing(error: NodeJS.ErrnoException): never[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

async function loadAsset(file: string): Promise<Asset> {
  const bytes = await readFile(file);
  const extension = extname(file);
  return {
    type: types[extension] ?? "application/octet-stream",
    bytes,
    gzipped: compressible.has(extension) && bytes.length > 1_000 ? await promisify(gzip)(bytes, { level: 9 }) : null,
    etag: `"${createHash("sha1").update(bytes).digest("hex").slice(0, 20)}"`,
    isHashed: /[\\/]assets[\\/][^\\/]*-[\w-]{8,}\.\w+$/.test(file),
  };
}
