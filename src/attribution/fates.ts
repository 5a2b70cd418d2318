/**
 * The fate of every dollar: one ordered list of rules, the first that holds decides (MEASURES 1). A fate depends on
 * (strand, asOf, parameters) and on nothing else: no clock, no other strand.
 */
import type { ActivityKind } from "../contract/facts.ts";
import { type FateName, type FateParameters, type RollUpName, defaultFateParameters, rollUp } from "../contract/fates.ts";
import type { Life, Strand, UnlinkedReason } from "./model.ts";

/** What of a strand a fate depends on. */
export type FateStrand = Pick<Strand, "unlinkedReason" | "life" | "horizon" | "landingIsRelease" | "side" | "activity" | "reviewedAt">;

/** Names a sentence may use, null or left out where they are not known. Days are told in `timeZone`, UTC unless said. */
export interface FateLabels {
  /** `#212`. */
  readonly change?: string | null;
  /** `v0.4.1`. */
  readonly release?: string | null;
  readonly timeZone?: string;
}

export interface FateRule {
  readonly name: FateName;
  readonly holds: (strand: FateStrand, asOf: number, parameters: FateParameters) => boolean;
  /** A sentence a person can read; only asked where the rule holds. */
  readonly sentence: (strand: FateStrand, asOf: number, parameters: FateParameters, labels: FateLabels) => string;
}

const day = 86_400_000;

/** The life as it was known at an instant: what comes later has not happened. Ages count to `now`, never past the horizon. */
interface SeenLife extends Life {
  readonly now: number;
}

/** The last answer of `seen`: the rules ask for the same strand one after the other, and making it is most of a fate's cost. */
let lastSeen: { readonly strand: FateStrand; readonly asOf: number; readonly life: SeenLife | null } | null = null;

function seen(strand: FateStrand, asOf: number): SeenLife | null {
  if (lastSeen?.strand !== strand || lastSeen.asOf !== asOf) lastSeen = { strand, asOf, life: lifeSeenAt(strand, asOf) };
  return lastSeen.life;
}

function lifeSeenAt({ life, horizon }: FateStrand, asOf: number): SeenLife | null {
  if (life === null) return null;
  const at = (instant: number | null): number | null => (instant !== null && instant <= asOf ? instant : null);
  const diedAt = at(life.diedAt);
  return {
    ...life,
    committedAt: at(life.committedAt),
    landedAt: at(life.landedAt),
    releasedAt: at(life.releasedAt),
    diedAt,
    death: diedAt === null ? null : life.death,
    supersededAt: at(life.supersededAt),
    answersAt: at(life.answersAt ?? null),
    undoneAt: at(life.undoneAt),
    lastActiveAt: at(life.lastActiveAt),
    now: Math.min(asOf, horizon ?? asOf),
  };
}

/**
 * When a landed line had lived long enough and was released, null while it is not so far. A line that was gone before both
 * is never stuck; one that goes later has been.
 */
function stuckAt(life: SeenLife, { landingIsRelease }: FateStrand, { stickDays }: FateParameters): number | null {
  if (life.landedAt === null) return null;
  const grown = life.landedAt + stickDays * day;
  const released = landingIsRelease ? life.landedAt : life.releasedAt;
  if (released === null || grown > life.now) return null;
  const decided = Math.max(grown, released);
  return life.diedAt === null || life.diedAt >= decided ? decided : null;
}

function isReverted(life: SeenLife, { revertDays }: FateParameters): boolean {
  if (life.landedAt === null || life.diedAt === null || (life.death !== "reverted" && life.death !== "incident")) return false;
  return life.diedAt - life.landedAt <= revertDays * day;
}

/** Newest sign of life of what still could land it; a write is one. */
const activeAt = (life: Life): number => Math.max(life.writtenAt, life.lastActiveAt ?? 0);

/** Why a strand's end cannot be observed, null where it can: the given reason, or no end known and no horizon yet at its write. */
export function unlinkedReasonOf(strand: FateStrand, asOf: number): UnlinkedReason | null {
  if (strand.unlinkedReason !== null) return strand.unlinkedReason;
  const life = seen(strand, asOf);
  if (!life || (strand.horizon !== null && life.writtenAt <= strand.horizon)) return null;
  const observed = life.committedAt ?? life.landedAt ?? life.supersededAt ?? life.undoneAt;
  if (observed !== null) return null;
  return strand.horizon === null ? "repository_unseen" : "after_horizon";
}

/** What each reason of `unlinked` means to a reader. */
export const unlinkedSentences: Readonly<Record<UnlinkedReason, string>> = {
  no_repository: "It was written outside of any repository.",
  repository_unseen: "The repository it worked in is not known to this store.",
  after_horizon: "It was written after the newest commit seen on the default branch; what became of it is not known yet.",
  subagent_unlogged: "It went to a sub-agent that left no log; what that wrote cannot be seen.",
  text_unreadable: "The text it wrote could not be read from the log.",
  path_opaque: "The file's history is not in this copy of the repository, or is binary.",
  no_session_detail: "Only its token counts are known; neither its prompts nor its tool calls were logged.",
};

const activitySentences: Readonly<Record<ActivityKind | "talk", string>> = {
  edit: "editing outside of any repository",
  read: "reading",
  search: "searching",
  test: "testing",
  build: "building",
  commit: "committing",
  open_change: "opening a change",
  push: "pushing",
  review: "reviewing",
  shell: "running commands",
  web: "reading the web",
  delegate: "sending sub-agents",
  plan: "planning",
  other: "other work",
  talk: "talk",
};

/** Counts up whenever a rule, or what a rule rests on, decides otherwise than before (RULINGS 34). */
export const rulesVersion = 3;

/** In the order of `fateNames`; the first that holds is the fate. The last holds always. */
export const rules: readonly FateRule[] = [
  {
    name: "unlinked",
    holds: (strand, asOf) => unlinkedReasonOf(strand, asOf) !== null,
    sentence: (strand, asOf) => {
      const reason = unlinkedReasonOf(strand, asOf);
      return `Not observable. ${reason === null ? "" : unlinkedSentences[reason]}`.trim();
    },
  },
  {
    // Remainders of a bill (unused seats, allowances) have no usage, hence no strand: their charge carries the fate itself.
    name: "unused",
    holds: () => false,
    sentence: () => "Paid for and not consumed.",
  },
  {
    name: "reverted",
    holds: (strand, asOf, parameters) => {
      const life = seen(strand, asOf);
      return life !== null && isReverted(life, parameters);
    },
    sentence: (strand, asOf, _, labels) => {
      const life = requireLife(strand, asOf);
      const by = life.death === "incident" ? "a removal that an incident names," : "a revert";
      return `${landed(life, strand, labels)}, taken out by ${by}${byCommit(life)} ${after(life.landedAt, life.diedAt)}.`;
    },
  },
  {
    // The narrow set alone moves dollars; how far they may reach is told beside (docs/decisions/0017).
    name: "fixing",
    holds: (strand, asOf) => {
      const life = seen(strand, asOf);
      return life !== null && life.landedAt !== null && life.repair === "narrow";
    },
    sentence: (strand, asOf, _, labels) => {
      const life = requireLife(strand, asOf);
      return `${landed(life, strand, labels)}, repairing lines an agent wrote.`;
    },
  },
  {
    // Needs what a forge tells of reviews; landing is not asked for, since the answer was given (docs/decisions/0020).
    name: "review",
    holds: (strand, asOf) =>
      strand.life === null ? (strand.reviewedAt ?? Number.POSITIVE_INFINITY) <= asOf : (seen(strand, asOf)?.answersAt ?? null) !== null,
    sentence: (strand, asOf, _, labels) => {
      const life = seen(strand, asOf);
      if (life === null) return `Another's change was reviewed on ${date(strand.reviewedAt ?? null, labels)}.`;
      return `${life.landedAt === null ? written(life, strand, labels) : landed(life, strand, labels)}, answering a review.`;
    },
  },
  {
    // Final: a later death is survival, save for a revert, which comes before.
    name: "stuck",
    holds: (strand, asOf, parameters) => {
      const life = seen(strand, asOf);
      return life !== null && stuckAt(life, strand, parameters) !== null;
    },
    sentence: (strand, asOf, { stickDays }, labels) => {
      const life = requireLife(strand, asOf);
      const stayed =
        strand.side === "removed" ? `not put back within ${count(stickDays, "day")}` : `alive after ${count(stickDays, "day")}`;
      const later =
        life.diedAt === null
          ? ""
          : ` ${strand.side === "removed" ? "Put back" : "Gone"} later, on ${date(life.diedAt, labels)}${byCommit(life)}.`;
      return `${landed(life, strand, labels)}, ${stayed} and ${release(life, strand, labels)}.${later}`;
    },
  },
  {
    name: "maturing",
    holds: (strand, asOf) => {
      const life = seen(strand, asOf);
      return life !== null && life.landedAt !== null && life.diedAt === null;
    },
    sentence: (strand, asOf, { stickDays }, labels) => {
      const life = requireLife(strand, asOf);
      const grown = life.landedAt !== null && life.landedAt + stickDays * day <= life.now;
      const waits = grown ? "waiting for a release" : `decided when it is ${count(stickDays, "day")} old`;
      return `${landed(life, strand, labels)}, ${strand.side === "removed" ? "not put back" : "alive"} on ${date(life.now, labels)}, ${waits}.`;
    },
  },
  {
    name: "rework",
    holds: (strand, asOf, { stickDays }) => {
      const life = seen(strand, asOf);
      if (life === null || life.landedAt === null || life.diedAt === null) return false;
      return life.death === "replaced" && life.diedAt - life.landedAt < stickDays * day;
    },
    sentence: (strand, asOf, _, labels) => {
      const life = requireLife(strand, asOf);
      return `${landed(life, strand, labels)}, replaced in the same place${byCommit(life)} ${after(life.landedAt, life.diedAt)}.`;
    },
  },
  {
    // Everything else that landed and went: nothing in its place, or gone before a release came.
    name: "removed",
    holds: (strand, asOf) => {
      const life = seen(strand, asOf);
      return life !== null && life.landedAt !== null && life.diedAt !== null;
    },
    sentence: (strand, asOf, { stickDays }, labels) => {
      const life = requireLife(strand, asOf);
      const early = life.landedAt !== null && life.diedAt !== null && life.diedAt - life.landedAt < stickDays * day;
      const gone = strand.side === "removed" ? "put back" : "gone";
      const how = early ? (strand.side === "removed" ? "" : " with nothing in its place") : ", before a release came";
      return `${landed(life, strand, labels)}, ${gone}${byCommit(life)} ${after(life.landedAt, life.diedAt)}${how}.`;
    },
  },
  {
    name: "superseded",
    holds: (strand, asOf) => (seen(strand, asOf)?.supersededAt ?? null) !== null,
    sentence: (strand, asOf, _, labels) => {
      const life = requireLife(strand, asOf);
      return `${written(life, strand, labels)}, replaced on ${date(life.supersededAt, labels)} before it landed.`;
    },
  },
  {
    name: "in_flight",
    holds: (strand, asOf, { inFlightDays }) => {
      const life = seen(strand, asOf);
      return life !== null && life.undoneAt === null && life.now - activeAt(life) <= inFlightDays * day;
    },
    sentence: (strand, asOf, _, labels) => {
      const life = requireLife(strand, asOf);
      return `${written(life, strand, labels)}, not landed; last active on ${date(Math.min(activeAt(life), asOf), labels)}.`;
    },
  },
  {
    name: "abandoned",
    holds: (strand) => strand.life !== null,
    sentence: (strand, asOf, { inFlightDays }, labels) => {
      const life = requireLife(strand, asOf);
      if (life.undoneAt !== null && life.committedAt !== null)
        return `${written(life, strand, labels)}, never landed: its change was closed on ${date(life.undoneAt, labels)}.`;
      if (life.undoneAt !== null)
        return `${written(life, strand, labels)}, taken back by the session itself on ${date(life.undoneAt, labels)}.`;
      const never = life.committedAt === null ? "never committed" : "never landed";
      return `${written(life, strand, labels)}, ${never}; nothing active since ${date(activeAt(life), labels)}, more than ${count(inFlightDays, "day")}.`;
    },
  },
  {
    // Needs the integrity rules of MEASURES 7 and a person who can take it back.
    name: "burn",
    holds: () => false,
    sentence: () => "Burned without product, by the evidence of the integrity rules.",
  },
  {
    name: "no_artefact",
    holds: () => true,
    sentence: ({ activity }) => `No lines came of it: ${activitySentences[activity ?? "talk"]}.`,
  },
];

/** The rule that decides a strand. */
function ruleOf(strand: FateStrand, asOf: number, parameters: FateParameters): FateRule {
  return rules.find((rule) => rule.holds(strand, asOf, parameters)) as FateRule; // the last rule holds always
}

/** The fate of a strand as of an instant (UTC ms; use the horizon for "now"). */
export function fate(strand: FateStrand, asOf: number, parameters: FateParameters = defaultFateParameters): FateName {
  return ruleOf(strand, asOf, parameters).name;
}

/** The fate in one sentence, with days and short hashes: "Landed on 3 Feb 2026 in #212, alive after 21 days and released in v0.4.1." */
export function fateSentence(
  strand: FateStrand,
  asOf: number,
  parameters: FateParameters = defaultFateParameters,
  labels: FateLabels = {},
): string {
  return ruleOf(strand, asOf, parameters).sentence(strand, asOf, parameters, labels);
}

const rollUpByFate = new Map<FateName, RollUpName>(
  (Object.keys(rollUp) as RollUpName[]).flatMap((name) => rollUp[name].map((of): [FateName, RollUpName] => [of, name])),
);

/** The group a fate belongs to. */
export function rollUpOf(name: FateName): RollUpName {
  return rollUpByFate.get(name) as RollUpName; // every fate is in exactly one group, by test
}

function requireLife(strand: FateStrand, asOf: number): SeenLife {
  const life = seen(strand, asOf);
  if (!life) throw new Error("a fate of lines was told of a strand without lines");
  return life;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Last instant a date can tell; callers may ask as of "later than everything". */
const lastDate = 8.64e15;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** `3 Feb 2026` in the asked time zone. */
function date(instant: number | null, { timeZone = "UTC" }: FateLabels): string {
  if (instant === null || Math.abs(instant) > lastDate) return "an unknown day";
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "numeric", year: "numeric" });
    formatters.set(timeZone, formatter);
  }
  const part = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${Number(part["day"])} ${months[Number(part["month"]) - 1]} ${part["year"]}`;
}

const count = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? "" : "s"}`;

const shortHash = (hash: string): string => hash.slice(0, 7);

const byCommit = ({ deathCommit }: Life): string => (deathCommit === null ? "" : ` by ${shortHash(deathCommit)}`);

function after(from: number | null, to: number | null): string {
  if (from === null || to === null) return "at an unknown time";
  const days = Math.floor((to - from) / day);
  return days < 1 ? "within a day" : `after ${count(days, "day")}`;
}

const inChange = ({ change }: FateLabels): string => (change ? ` in ${change}` : "");

function landed({ landedAt }: Life, { side }: FateStrand, labels: FateLabels): string {
  return `${side === "removed" ? "Removal landed" : "Landed"} on ${date(landedAt, labels)}${inChange(labels)}`;
}

function written({ writtenAt, committedAt }: Life, { side }: FateStrand, labels: FateLabels): string {
  const committed = committedAt === null ? "" : `, committed on ${date(committedAt, labels)}${inChange(labels)}`;
  return `${side === "removed" ? "Removed" : "Written"} on ${date(writtenAt, labels)}${committed}`;
}

function release({ releasedAt }: Life, { landingIsRelease }: FateStrand, labels: FateLabels): string {
  if (releasedAt === null) return landingIsRelease ? "landing counts as release here" : "released";
  return labels.release ? `released in ${labels.release}` : `released on ${date(releasedAt, labels)}`;
}
