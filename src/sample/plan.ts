import type { Item, StoryName } from "./stories.ts";
import type { PersonKey } from "./team.ts";

type Row = readonly [day: number, who: PersonKey, story: StoryName];

const items = (rows: readonly Row[]): Item[] => rows.map(([day, who, story]) => ({ day, who, story }));

/** Days of the sample: the plan's days count from 0 to this. */
export const sampleDays = 92;

/** What happens in `harbour`, the booking service in TypeScript that lands by merge commits. */
export const harbourPlan = items([
  [0, "ines", "longFeature"], [1, "tomas", "feature"], [2, "wen", "personPush"], [3, "mirela", "feature"], [4, "tomas", "subAgent"],
  [5, "ines", "refine"], [6, "tomas", "unloggedSubAgent"], [7, "priya", "research"], [8, "mirela", "longFeature"], [9, "priya", "document"],
  [10, "tomas", "rework"], [12, "ines", "reverted"], [13, "wen", "personPull"], [15, "tomas", "resumed"], [16, "mirela", "closed"],
  [17, "ines", "cleanUpYoung"], [18, "priya", "longFeature"], [20, "ines", "subAgent"], [21, "tomas", "dependency"], [22, "mirela", "feature"],
  [23, "priya", "rework"], [24, "wen", "missingTranscript"], [25, "tomas", "longFeature"], [27, "ines", "cleanUp"], [28, "mirela", "feature"],
  [29, "tomas", "operate"], [30, "ines", "longFeature"], [32, "wen", "personRework"], [33, "priya", "uncommitted"], [34, "tomas", "relanded"],
  [36, "mirela", "refine"], [37, "ines", "forked"], [38, "wen", "personPush"], [39, "priya", "feature"], [41, "tomas", "subAgent"],
  [42, "ines", "longFeature"], [43, "mirela", "rework"], [44, "wen", "personPull"], [45, "priya", "cleared"], [46, "ines", "rename"],
  [48, "mirela", "longFeature"], [49, "tomas", "reverted"], [50, "wen", "missingTranscript"], [51, "priya", "refine"], [52, "ines", "feature"],
  [54, "mirela", "document"], [55, "tomas", "closed"], [56, "ines", "cleared"], [57, "priya", "longFeature"], [59, "wen", "personPull"],
  [60, "mirela", "cleanUpYoung"], [61, "tomas", "feature"], [62, "ines", "subAgent"], [63, "mirela", "undone"], [64, "tomas", "rework"],
  [65, "priya", "longFeature"], [67, "wen", "personPush"], [69, "ines", "longFeature"], [71, "tomas", "refine"], [73, "mirela", "feature"],
  [75, "priya", "research"], [77, "ines", "rework"], [78, "tomas", "feature"], [80, "wen", "personPull"], [82, "mirela", "refine"],
  [84, "ines", "open"], [85, "priya", "open"], [87, "tomas", "uncommitted"], [90, "wen", "lastPush"], [91, "ines", "afterwards"],
]);

/** What happens in `tide`, the forecast worker in Go that lands by squash. */
export const tidePlan = items([
  [0, "jonas", "feature"], [1, "priya", "longFeature"], [3, "jonas", "subAgent"], [4, "wen", "personPush"], [6, "priya", "refine"],
  [8, "jonas", "longFeature"], [9, "mirela", "feature"], [11, "jonas", "rework"], [12, "priya", "document"], [14, "wen", "missingTranscript"],
  [15, "jonas", "reverted"], [16, "ines", "feature"], [18, "priya", "cleanUpYoung"], [19, "jonas", "research"], [21, "mirela", "resumed"],
  [23, "jonas", "closed"], [24, "priya", "longFeature"], [26, "wen", "personPull"], [28, "jonas", "dependency"], [29, "ines", "unloggedSubAgent"],
  [31, "priya", "rework"], [33, "jonas", "longFeature"], [35, "mirela", "refine"], [36, "jonas", "relanded"], [38, "wen", "personRework"],
  [39, "priya", "forked"], [41, "jonas", "cleared"], [43, "ines", "uncommitted"], [45, "priya", "longFeature"], [46, "jonas", "rename"],
  [48, "wen", "personPush"], [50, "jonas", "subAgent"], [51, "mirela", "feature"], [53, "priya", "rework"], [55, "jonas", "operate"],
  [56, "ines", "longFeature"], [58, "jonas", "cleanUp"], [60, "wen", "personPull"], [61, "priya", "reverted"], [62, "jonas", "feature"],
  [64, "mirela", "subAgent"], [66, "jonas", "closed"], [67, "priya", "longFeature"], [70, "wen", "personPull"], [72, "jonas", "refine"],
  [74, "priya", "longFeature"], [76, "ines", "feature"], [79, "jonas", "rework"], [81, "mirela", "longFeature"], [83, "wen", "personPush"],
  [85, "jonas", "open"], [86, "priya", "uncommitted"], [90, "wen", "lastPush"], [91, "jonas", "afterwards"],
]);

/** What happens in `quay-infra`: its sessions are there, the repository is not. */
export const quayPlan = items([[22, "jonas", "feature"], [47, "ines", "feature"], [74, "jonas", "refine"]]);

/** Days a release is tagged on, before the sample begins and weekly in it. */
export const releaseDays = [-20, ...Array.from({ length: 12 }, (_, week) => 5 + week * 7)];
