/** The machine: what Assay runs on, and whether it may write its store and nobody else may read it. */
import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openGit, runGit } from "../../git/git.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const leastNode = [20, 19] as const;
/** `rev-parse --path-format` and `--diff-merges=first-parent` came with 2.31. */
const leastGit = [2, 31] as const;
/** What an import needs beside a copy of what is derived. */
const spareBytes = 64 * 1024 * 1024;

export const machineChecks: readonly Check[] = [
  {
    id: "node",
    theme: "machine",
    needs: "nothing",
    async run({ asked }) {
      return isAtLeast(asked.nodeVersion, leastNode)
        ? ok(`Node is ${asked.nodeVersion}.`)
        : failed(`Node is ${asked.nodeVersion}; Assay needs ${leastNode.join(".")} or later.`, "Install a newer Node.");
    },
  },
  {
    id: "git",
    theme: "machine",
    needs: "nothing",
    async run({ options }) {
      const said = await runGit(openGit(options.folder, options.variables), ["version"])
        .then((out) => out.toString("utf8").trim())
        .catch(() => null);
      if (said === null) return failed("git cannot be started: no repository can be read.", "Install git, or put it on the PATH.");
      return isAtLeast(said, leastGit)
        ? ok(`git is there: ${said}.`)
        : failed(`git is too old: ${said}; Assay needs ${leastGit.join(".")} or later.`, "Install a newer git.");
    },
  },
  {
    id: "disk",
    theme: "machine",
    needs: "nothing",
    async run({ options, asked }) {
      const free = await asked.freeBytes(options.folder);
      if (free === null) return warning("How much of the disk is free cannot be found out.", "Look by yourself.");
      const stored = await storeBytes(options.folder);
      if (free < stored.derived + spareBytes)
        return failed(
          `${megabytes(free)} MB of the disk are free; an import writes ${megabytes(stored.derived)} MB of derived tables beside the present ones.`,
          "Free some space, or move the store to another disk with --store.",
        );
      return free < 2 * (stored.all + spareBytes)
        ? warning(`${megabytes(free)} MB of the disk are free; the store takes ${megabytes(stored.all)} MB.`, "Free some space soon.")
        : ok(`${megabytes(free)} MB of the disk are free; the store takes ${megabytes(stored.all)} MB.`);
    },
  },
  {
    id: "permissions",
    theme: "machine",
    needs: "nothing",
    async run({ options }) {
      const { folder } = options;
      const names = [folder, ...(await readdir(folder)).map((name) => join(folder, name))];
      for (const name of names) {
        const mayWrite = await access(name, constants.R_OK | constants.W_OK).then(
          () => true,
          () => false,
        );
        if (!mayWrite) return failed(`This user may not read and write ${name}.`, "Give the folder of the store to this user.");
      }
      if (options.platform === "win32") return ok("This user may write the store; who else may is Windows' to say.");
      // The folder alone decides: what is in it cannot be reached by who may not enter.
      const { mode } = await stat(folder);
      return (mode & 0o077) === 0
        ? ok("The store is this user's alone.")
        : warning(
            `Others on this machine may look into the store (its folder has mode ${(mode & 0o777).toString(8)}).`,
            `chmod 700 ${folder}`,
          );
    },
  },
];

/** Whether the first two numbers of a version's text are at least these. */
function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, first = "0", second = "0"] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

const megabytes = (bytes: number): number => Math.floor(bytes / 1_048_576);

async function storeBytes(folder: string): Promise<{ all: number; derived: number }> {
  let all = 0;
  let derived = 0;
  for (const name of await readdir(folder)) {
    const { size } = await stat(join(folder, name));
    all += size;
    if (name.startsWith("derived.")) derived += size;
  }
  return { all, derived };
}
