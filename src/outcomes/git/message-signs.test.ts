import { describe, expect, it } from "vitest";
import { readMessage } from "./message.ts";

const hash = "0123456789abcdef0123456789abcdef01234567";

describe("the signs of a message", () => {
  it.each([
    ["fix(deps)!: bump the parser", ["scope:deps", "type:breaking", "type:fix", "word:deps", "word:fix"]],
    ["feat: add berths", ["type:feature"]],
    ["Fix a typo in the docs", ["word:docs", "word:fix", "word:typo"]],
    ["fix: crash on an empty list\n\nCloses #12, fixes own/er#13", ["closes:#12", "closes:own/er#13", "type:fix", "word:bug", "word:fix"]],
    ["Mend the tide\n\nThe fault was introduced in 0123abc4.", ["culprit:0123abc4"]],
    ["Mend the tide\n\nRegression from #41", ["culprit:#41"]],
    ["Mend the tide\n\nCommit 0123abc4 broke it.", ["culprit:0123abc4"]],
    ["Merge pull request #9 from ann/fix/tide", ["branch:fix"]],
    ["Paint the hull", []],
  ])("of %j are %j", (message, signs) => {
    expect(readMessage(message).signs).toEqual(signs);
  });

  it.each([
    [`Revert "Add x"\n\nThis reverts commit ${hash}.`, [`undoes:${hash}`]],
    [`Revert "Merge x"\n\nThis reverts commit ${hash}, reversing\nchanges made to fedcba9876.`, [`undoes:${hash}`]],
    ["Revert two\n\nThis reverts commits 0123abc4 and 4567def8.", ["undoes:0123abc4", "undoes:4567def8"]],
    ['Revert "Add x (#12)" (#13)', ["undoes:#12"]],
    ['Revert "Add x" (#13)\n\nReverts own/er#12', ["undoes:#12"]],
    ['Merge pull request #13 from own/revert-12-add-x\n\nRevert "Add x"', ["undoes:#12"]],
    ['Revert "Add x"', ["undoes:subject"]],
    [`Reapply "Add x"\n\nThis reverts commit ${hash}.`, [`undoes:${hash}`]],
    ["Talk of reverting commit 0123abc4", []],
  ])("tell what %j undoes", (message, signs) => {
    expect(readMessage(message).signs.filter((sign) => sign.startsWith("undoes:"))).toEqual(signs);
  });

  it("keep no word of the message", () => {
    expect(readMessage("fix(secretproject): the plan of Ann\n\nIt was broken by lunch and defaced since.").signs).toEqual([
      "type:fix",
      "word:fix",
    ]);
  });
});
