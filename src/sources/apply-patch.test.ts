import { describe, expect, test } from "vitest";
import { applyHunks, parseApplyPatch } from "./apply-patch.ts";

const envelope = (...lines: string[]): string => ["*** Begin Patch", ...lines, "*** End Patch", ""].join("\n");

describe("a patch envelope", () => {
  test("adds, updates, moves and deletes files", () => {
    const { files, strayLines } = parseApplyPatch(
      envelope(
        "*** Add File: src/new.ts",
        "+export const a = 1;",
        "+",
        "*** Update File: src/old.ts",
        "*** Move to: src/moved.ts",
        "@@ function tax",
        " keep",
        "-old",
        "+new",
        "+newer",
        "@@",
        "-gone",
        " end",
        "*** End of File",
        "*** Delete File: src/dead.ts",
      ),
    );
    expect(strayLines).toBe(0);
    expect(files).toEqual([
      {
        operation: "create",
        path: "src/new.ts",
        movedTo: null,
        hunks: [{ oldStart: 0, newStart: 1, lines: ["+export const a = 1;", "+"] }],
      },
      {
        operation: "edit",
        path: "src/old.ts",
        movedTo: "src/moved.ts",
        hunks: [
          { oldStart: 1, newStart: 1, lines: [" keep", "-old", "+new", "+newer"] },
          // two old lines and three new ones stand before it
          { oldStart: 3, newStart: 4, lines: ["-gone", " end"] },
        ],
      },
      { operation: "delete", path: "src/dead.ts", movedTo: null, hunks: [] },
    ]);
  });

  test("is found inside a shell's here-document, and read to the end where its end is missing", () => {
    const { files } = parseApplyPatch("apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.ts\n@@\n-x\n+y\n");
    expect(files.map(({ path, hunks }) => [path, hunks[0]?.lines])).toEqual([["a.ts", ["-x", "+y"]]]);
  });

  test("takes an empty line for empty context and needs no @@ before the first hunk", () => {
    expect(parseApplyPatch(envelope("*** Update File: a.ts", " x", "", "+y")).files[0]?.hunks[0]?.lines).toEqual([" x", " ", "+y"]);
  });

  test("reads line ends of Windows", () => {
    expect(parseApplyPatch("*** Begin Patch\r\n*** Add File: a.ts\r\n+x\r\n*** End Patch\r\n").files[0]?.hunks[0]?.lines).toEqual(["+x"]);
  });

  test("counts what belongs to no file", () => {
    expect(parseApplyPatch(envelope("+nowhere", "*** Update File: ", "*** Add File: a.ts", "no mark")).strayLines).toBe(3);
  });

  test("is none without a beginning", () => {
    expect(parseApplyPatch("*** Update File: a.ts\n-x\n+y\n")).toEqual({ files: [], strayLines: 0 });
  });
});

describe("hunks applied to a content", () => {
  const hunks = (...lines: string[]) => parseApplyPatch(envelope("*** Update File: a.ts", ...lines)).files[0]?.hunks ?? [];

  test("change the first place that fits, in order", () => {
    expect(applyHunks("a\nb\na\nb\n", hunks("@@", " a", "-b", "+c", "@@", " a", "-b", "+d"))).toBe("a\nc\na\nd\n");
  });

  test("keep the content's own context where white space at line ends differs", () => {
    expect(applyHunks("a  \nb\n", hunks("@@", " a", "-b", "+c"))).toBe("a  \nc\n");
  });

  test("are none where they do not fit", () => {
    expect(applyHunks("a\n", hunks("@@", "-b", "+c"))).toBeNull();
  });
});
