/** What a measure may be split or filtered by. Which entity has which, and how: entities.ts. */
export interface Dimension {
  readonly title: string;
  readonly description: string;
  /** Bears a person: closed to team answers. */
  readonly person?: true;
  /** Belongs to lines or changes: under a filter on it, fates add up to the spend attributed to those (MEASURES 1). */
  readonly artefact?: true;
}

export const dimensions = {
  agent: { title: "Agent", description: "The program that asked the model: `claude-code`, `codex`, …" },
  agent_version: { title: "Agent version", description: "As the agent logs it." },
  model: { title: "Model", description: "Model id as logged." },
  provider: { title: "Provider", description: "Who billed the response; null where the log does not say." },
  service_tier: { title: "Service tier", description: "As logged." },
  speed: { title: "Speed", description: "As logged: `standard`, `fast`." },
  geo: { title: "Inference place", description: "As logged." },
  source: { title: "Source", description: "Which reader witnessed the response first." },
  output_quality: { title: "Quality of the output count", description: "`final`, `partial`, `estimated`, `not_observed`." },
  usage_grain: { title: "Grain of the counts", description: "`response`; `session` or `day` where the log tells totals only." },
  sub_agent: { title: "Main or sub-agent", description: "`main`, or `sub_agent` for a response of an agent that an agent started." },
  started_by: { title: "Session started by", description: "`person`, `hook`, `schedule`, `ci`; null where the log does not say." },
  entrypoint: { title: "Entry point", description: "How the session was opened, as logged." },
  activity: { title: "Activity of the turn", description: "What most tool calls of the turn did." },
  purpose: { title: "Purpose of the turn", description: "`build`, `fix`, `review`, `explore`, `operate`." },
  session: { title: "Session", description: "The session that owns the response, or wrote the line.", person: true },
  branch: { title: "Branch", description: "Branch checked out while the response was made.", person: true },
  folder: { title: "Folder", description: "Folder the response was made in.", person: true },
  repository: { title: "Repository", description: "Of money and tokens: where the session ran. Of changes and lines: which holds them." },
  team: {
    title: "Team",
    description:
      "Team, on that day, of the person the session belongs to: the author of most lines its commits have from it, else whose e-mail telemetry tells, else the owner of the folder it ran in. From `people` of assay.yaml; else the team its telemetry names (`team`); null where neither says.",
  },
  product: {
    title: "Product",
    description:
      "Product of the repository (of money and tokens: where the session ran), from `products` of assay.yaml: the first that names it. Null where none does.",
  },
  cost_centre: { title: "Cost centre", description: "Cost centre of the product; null where it has none." },
  changed_repository: { title: "Changed repository", description: "Where the lines of the money went.", artefact: true },
  fate: { title: "Fate", description: "What the dollar ended as; exactly one for every dollar." },
  roll_up: {
    title: "Group of fates",
    description: "`bought`, `ripening`, `iteration`, `undone`, `repair`, `reviewing`, `thinking`, `burned`, `idle`, `unknown`.",
  },
  unlinked_reason: {
    title: "Reason not linked",
    description: "Why an end cannot be observed, or which remainder of a bill it is; null for what is linked.",
  },
  grade: { title: "Grade of evidence", description: "`A`, `B`, `C`, or `none` for what no line carries.", artefact: true },
  flow: { title: "Flow", description: "`own`, `tail`, or moved over turns without edits: `back`, `forward`." },
  allocation: {
    title: "Allocation",
    description: "Rule, flows and grades of evidence an allocation goes by: `lines_flows_to_C` is the one every answer is told by.",
  },
  context_cause: {
    title: "Cause in the context",
    description:
      "What put tokens into a prompt: `instructions` (system prompt, tools, instruction files), `prompt`, `notification`, `agent_output`, the results of tools by activity (`read`, `search`, `shell`, …), `reread` (a file read before), `compaction`, `resumed`, `unknown`.",
  },
  change: { title: "Change", description: "Pull request, merge request or direct push.", person: true, artefact: true },
  change_kind: { title: "Kind of change", description: "`pull_request` or `direct`.", artefact: true },
  change_class: {
    title: "Class of change",
    description:
      "`feature`, `fix`, `refactor`, `test`, `docs`, `dependency`, `security`, `performance`, `operations`, by the conventional type of its commits, its paths, its branch, words of its subject, in that order; null where nothing tells.",
    artefact: true,
  },
  evidence: { title: "Evidence of landing", description: "How it is known that the change landed.", artefact: true },
  review_path: {
    title: "Way of review",
    description:
      "How a change came to land: `reviewed` (a person other than its author looked), `reviewed_by_bot`, `not_reviewed`, `self_merge`, `instant_self_merge` (within a minute), `bot` (a program opened it); null where no forge told.",
    artefact: true,
  },
  issue_age: {
    title: "Age of the linked issue",
    description:
      "How old the oldest issue was that a change closes, when it landed: `under a week`, … `a year and more`; null where none is known.",
    artefact: true,
  },
  issue_kind: { title: "Kind of issue", description: "`bug`, `incident`, `other`; null where neither type nor label tells." },
  repair: {
    title: "Repair",
    description:
      "Of landed lines: `narrow` where they repair what an agent wrote by certain evidence, `wide` where they may; null for all others.",
    artefact: true,
  },
  line_kind: { title: "Kind of line", description: "`code`, `prose`, `data`, `comment`, `trivial`.", artefact: true },
  side: { title: "Side", description: "`added` or `removed` lines.", artefact: true },
  author_kind: { title: "Author kind", description: "`agent`, `mixed`, `person`, `unknown`.", artefact: true },
} as const satisfies Record<string, Dimension>;
export type DimensionId = keyof typeof dimensions;
