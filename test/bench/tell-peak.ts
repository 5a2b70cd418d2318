/**
 * Loaded before a program by `node --import`: writes the most memory the process ever held, in bytes, to the file that
 * ASSAY_BENCH_PEAK_FILE names when it ends.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env["ASSAY_BENCH_PEAK_FILE"];
if (file !== undefined && isMainThread) process.on("exit", () => writeFileSync(file, String(peakBytes())));

/** VmHWM on Linux: the `maxRSS` of a spawned process starts there with what its parent held when it was spawned. */
function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // no /proc: the next line tells it
  }
  return process.resourceUsage().maxRSS * 1024;
}
