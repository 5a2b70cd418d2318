/**
 * Which stored columns tell something of a person, and what each is kept for; and those that tell of nobody by themselves.
 * Every column of every table is in one of the two: a test compares them with the tables.
 */
const session = "Names one person's work with an agent: joins its responses, edits and commits. No list of persons is made of it.";
const when = "When somebody worked: to price by the day, to order edits and commits, to age lines.";
const branch = "A branch's name may name a person: it tells which commits a session could have made.";
const folder = "A folder may name a person (home folder): it tells in which repository a session ran.";
const path = "The file somebody edited: meets the lines of commits.";
const account = "Account of somebody at a forge: tells a review by another from one's own. No number of a person is made of it.";
const bot = "Whether that account is a program's: reviews of persons are counted apart.";

/** Of every table of cells. */
const cell = {
  session_id: session,
  instant_ms: when,
  geo: "Region the model ran in, as logged: prices differ.",
  branch,
  ran_in: folder,
  activity: "What most tool calls of the turns did: tells building from reading and testing.",
  purpose: "Build, fix, review, explore or operate: tells what the money was for.",
} as const;

export type DatabaseName = "facts" | "derived";

/** By database, table and column: what it tells of a person, and what for. */
export const columnsAboutPeople: Readonly<Record<DatabaseName, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  facts: {
    meta: {
      value: "Among the settings the secret that keys all fingerprints: with it alone a fingerprint could be guessed at.",
    },
    dict: {
      text: "Texts of all other columns, once each: names, e-mail addresses, branches and folders among them. Kept so that they are written once.",
    },
    input_state: {
      input_key: "Path of a log, with the home folder: so that it is not read twice.",
      mtime_ms: "When a log was last written: so that it is not read twice.",
      imported_ms: "When the log was read: so that it is not read twice.",
    },
    problem: {
      locator: "Place of input that could not be used, with the home folder: so that it can be found.",
      message: "What was wrong with it; never the text of a prompt or of code.",
    },
    session: {
      session_id: session,
      first_ms: when,
      last_ms: when,
      parent_session_id: "The session it went on from: replays are counted once.",
      started_by: "Whether a person, a hook, a schedule or CI started it: automatic spend is told apart.",
      entrypoint_id: "How it was opened (terminal, editor): as started_by.",
      cwd_id: folder,
      branch_id: branch,
      device_id: "The machine it ran on, where a source tells it: clones are told apart.",
    },
    sighting: {
      session_id: session,
      response_key: "Id of a response: the same response is counted once.",
      request_id: "Id of a request: the same response is counted once.",
      instant_ms: when,
      geo_id: "Region the model ran in, as logged: prices differ.",
      cwd_id: folder,
      branch_id: branch,
      visible_chars: "Length of what was answered: where counts were logged early the rest is estimated from it.",
    },
    turn: {
      session_id: session,
      instant_ms: when,
      started_by_id: "What began the turn: a prompt, a command, a notification.",
      prompt_fp:
        "Fingerprint of a prompt, keyed by a secret of this store: tells a repeated prompt from a new one. The text is not stored.",
      prompt_length: "Length of a prompt: what put tokens into the context.",
      cleared: "Whether the context was cleared: costs are not carried over.",
    },
    call: {
      session_id: session,
      instant_ms: when,
      tool_id: "Tool the agent called: tells building from reading and testing.",
      activity_id: "Kind of that call: as tool_id.",
      input_bytes: "Size of its input: splits the cost of a response over its edits.",
      subject_fp: "Keyed fingerprint of the path it read: tells a re-read file.",
    },
    call_result: {
      session_id: session,
      instant_ms: when,
      status_id: "Whether the call worked: loops are found by it.",
      exit_code: "How the call ended: loops are found by it.",
      tests_passed: "Tests it ran that passed: tells a checked edit.",
      tests_failed: "Tests it ran that failed: tells a checked edit.",
    },
    write: {
      session_id: session,
      path_id: path,
      instant_ms: when,
      lines: "Keyed fingerprints and lengths of the changed lines: meets the lines of commits. The text is not stored.",
    },
    commit_mention: {
      session_id: session,
      commit_hash: "Commit a session printed: names where its work went.",
      instant_ms: when,
      branch_id: branch,
    },
    pull_request_mention: {
      session_id: session,
      repository_name_id: "Repository of a change a session opened.",
      number: "Number of a change a session opened: names where its work went.",
      instant_ms: when,
    },
    repository_alias: {
      value: "Folder or address of a repository, which may name a person: clones of one repository are one.",
    },
    session_label: {
      session_id: session,
      value_id: "Team, repository, cost centre or e-mail its sender's settings name: whose spend it is..",
      instant_ms: when,
    },
    metric_point: {
      session_id: session,
      start_ms: when,
      end_ms: when,
      series: "Digest of a metric's attributes, among them its sender's: a point that is sent again counts once.",
    },
    checkpoint: {
      listed_key: session,
      session_id: session,
      files_touched: path,
      branch_id: branch,
      created_ms: when,
    },
    ref_seen: {
      clone: "Folder of a clone, with the home folder: so that unchanged refs are not read again.",
      name: branch,
    },
    clone_state: {
      clone: "Folder of a clone, with the home folder: so that unchanged refs are not read again.",
    },
    commit: {
      author_name_id: "Name of a commit's author, as git has it: to say whose an identity is (`assay whoami`).",
      author_email_id: "E-mail of a commit's author, as git has it: assigns sessions to teams where assay.yaml names teams.",
      author_ms: when,
      commit_ms: when,
      trailers: "Trailers of a commit message, among them co-authors: evidence of sessions. The message is not stored.",
      signs: "What the commit message says of its kind (fix, revert, issue named): tells fixes. The message is not stored.",
    },
    file_change: {
      path_id: path,
      old_path_id: "Its earlier name: lines are followed through renames.",
      lines: "Keyed fingerprints and lengths of the changed lines: lines are followed from birth to death. The text is not stored.",
    },
    closed_part: {
      usage_key: "Id of a response of a closed month: what changes it later is told by cause.",
    },
    authorship_note: {
      claims: "What a note in the repository says of the authors of lines: met with what really changed.",
    },
    note_seen: {
      clone: "Folder of a clone, with the home folder: so that unchanged notes are not read again.",
    },
    forge_change: {
      opened_ms: when,
      closed_ms: when,
      landed_ms: when,
      author_id: account,
      author_bot: bot,
      landed_by_id: account,
      landed_by_bot: bot,
      head_ref_id: branch,
      head_commit: "Newest commit of a change, which names an author: joins it to the history.",
      labels: "Labels somebody gave a change: tells its class.",
    },
    forge_review: {
      state_id: "What a review asked for or approved: tells money that answered it.",
      submitted_ms: when,
      reviewer_id: account,
      reviewer_bot: bot,
    },
    forge_thread: {
      path_id: "File a review speaks of: tells lines that answered it.",
      resolved_ms: when,
      resolved_by_id: account,
      resolved_by_bot: bot,
    },
    forge_comment: {
      instant_ms: when,
      author_id: account,
      author_bot: bot,
    },
    forge_deployment: {
      created_ms: "When it was deployed: delivery times.",
      actor_id: account,
      actor_bot: bot,
    },
    forge_issue: {
      opened_ms: when,
      closed_ms: when,
      author_id: account,
      author_bot: bot,
      labels: "Labels somebody gave an issue: tells bugs from wishes.",
    },
    forge_event: {
      instant_ms: when,
      actor_id: account,
      actor_bot: bot,
    },
    forge_token: {
      token_fp: "Keyed fingerprint of an access token: it is asked of no other address. The token is not stored.",
    },
    saved_view: {
      name: "What somebody called a view of the page.",
      query: "What somebody looked at and wanted to see again; may name a session.",
      saved_ms: "When the view was saved: newest first.",
    },
    bill_line: {
      actor_id: "Seat, user or key a bill names: tells seats that nobody used, and whose key has no logs.",
      from_ms: "Beginning of what a line of a bill is for: as when.",
      to_ms: "End of what a line of a bill is for: as when.",
      request_key: "Id of a request a gateway billed: meets the usage that has it.",
    },
    overrule: {
      author: "Who said what a change is: an overrule has an author.",
      reason: "Why, as that person wrote it: an overrule has a reason.",
      told_ms: when,
    },
  },
  derived: {
    problem_d: {
      locator: "Place of input that could not be used: so that it can be found.",
      message: "What was wrong with it: so that it can be mended.",
    },
    session_d: {
      session_key: session,
      first_ms: when,
      last_ms: when,
      trigger: "Whether a person, a hook, a schedule or CI started it: automatic spend is told apart.",
      parent_session_key: "The session it went on from: replays are counted once.",
      entrypoint: "How it was opened: as trigger.",
    },
    usage_d: {
      usage_key: "Id of a response: the same response is counted once.",
      session_id: session,
      instant_ms: when,
      geo: "Region the model ran in, as logged: prices differ.",
      branch: branch,
      ran_in: folder,
      visible_chars: "Length of what was answered: where counts were logged early the rest is estimated from it.",
    },
    usage_cell: cell,
    ledger_cell: { ...cell, author_kind: "Whether an agent wrote the lines, a person, both, or nobody knows: no name." },
    span_cell: cell,
    context_cell: cell,
    segment: {
      session_id: session,
      activity: "What most tool calls of the turn did: tells building from reading and testing.",
      purpose: "Build, fix, review, explore or operate: tells what the money was for.",
    },
    fix_d: {
      commit_hash: "Commit that mends, which names an author: tells fixes of lines, never whose mistake it was.",
      fixed_ms: "When it was mended: delivery times and lives of lines.",
    },
    strand: {
      review_ms: "Since when its lines answer a review, or when the turn gave one: reviewing is told apart.",
      author_kind: "Agent, mixed, person or unknown, of lines: never which person.",
      written_ms: when,
      committed_ms: when,
      undone_ms: when,
      last_active_ms: "When its session or branch last moved: in flight or abandoned.",
      commit_hash: "Commit its lines went into, which names an author: the evidence behind the money.",
    },
    change: {
      landed_commit: "Commit that landed it, which names an author: the evidence behind the money.",
      landed_ms: "When it landed: ages its lines.",
      review_path: "Whether another than its author looked at it, never who: reviews are told apart from changes nobody reviewed.",
      ready_ms: "When it was ready for review: how long it waited, of repositories.",
      first_review_ms: "When somebody first looked at it: as ready_ms.",
      approved_ms: "When it was last approved: as ready_ms.",
    },
    commit_d: {
      commit_ms: when,
      author_ms: when,
      author_email:
        "E-mail of a commit's author: assigns sessions to teams, and counts the persons behind a team's number so that no single one shows.",
    },
    commit_link: {
      session_id: session,
      commit_hash: "Commit its lines went into, which names an author: the evidence behind the money.",
    },
    run: {
      path: path,
      born_commit: "Commit the lines were born in, which names an author: as git blame names it.",
      born_ms: when,
      killer_commit: "Commit that took them away, which names an author: what replaced them.",
      author_kind: "Agent, mixed, person or unknown: never which person.",
      session_id: session,
    },
    session_place: {
      session_id: session,
      folders: folder,
      mentions: "Commits it printed: names where its work went.",
      first_call_ms: when,
    },
    session_label_d: {
      session_id: session,
      value: "Team, repository, cost centre or e-mail its sender's settings name: whose spend it is.",
    },
    write_d: {
      session_id: session,
      logged_path: path,
      instant_ms: when,
      digest: "Fingerprint of the changed lines: an unchanged edit is not linked again.",
      path: path,
      reached_ms: "When the first commit had any of its lines.",
    },
    span_mix: {
      review_ms: "Since when its lines answer a review, or when the turn gave one: reviewing is told apart.",
      written_ms: when,
      committed_ms: when,
      undone_ms: when,
      last_active_ms: "When its session or branch last moved: in flight or abandoned.",
    },
    sub_agent_d: {
      session_id: session,
      started_ms: when,
    },
    listed_session_d: {
      session_key: session,
      created_ms: when,
    },
  },
};

const cellsAboutNobody = "agent agent_version provider model service_tier speed source output_quality grain sub_agent repository_id";

/** By database and table: columns that tell of nobody by themselves, with blanks between. */
export const columnsAboutNobody: Readonly<Record<DatabaseName, Readonly<Record<string, string>>>> = {
  facts: {
    meta: "name",
    dict: "id",
    import_run: "import_id started_ms ended_ms version",
    input_state: "source size identity read_offset tail",
    problem: "source input_key code severity hint occurrences first_seen_ms",
    session: "agent_id agent_version_id first_seen_ms",
    sighting:
      "source_id agent_id key_kind sub_agent_id provider_id model_id agent_version_id service_tier_id speed_id input cache_read cache_write_5m cache_write_1h output reasoning output_quality web_searches reported_cost_nano_usd first_seen_ms doubtful grain",
    turn: "agent_id turn_key first_seen_ms",
    call: "agent_id call_key response_key sub_agent_id parent_call_key first_seen_ms",
    call_result: "agent_id call_key started_sub_agent_id first_seen_ms result_bytes",
    write: "agent_id call_key quality operation_id feature_version first_seen_ms",
    commit_mention: "agent_id call_key first_seen_ms telemetry",
    pull_request_mention: "agent_id first_seen_ms",
    session_label: "agent_id label_id first_seen_ms",
    metric_point: "agent_id measure_id model_id cumulative amount first_seen_ms",
    repository: "repository_id first_seen_ms",
    repository_alias: "repository_id kind",
    checkpoint: "repository_id entry checkpoint_key agent_id transcript transcript_bytes first_seen_ms",
    ref_seen: "repository_id commit_hash",
    clone_state: "repository_id name value",
    commit: "repository_id commit_hash parents squash_of merge_of reverts first_seen_ms",
    file_change: "repository_id commit_hash position status_id old_blob new_blob opaque_id feature_version",
    closed_period: "close_id period time_zone from_ms to_ms closed_ms known_until_ms parameters rules_version",
    closed_part: "close_id tokens fate list_nano_usd",
    closed_tip: "close_id repository commit_hash",
    changed: "kind id revision",
    authorship_note: "repository_id dialect_id commit_hash note made_before test_lines defects first_seen_ms",
    note_seen: "repository_id dialect commit_hash note",
    overrule: "repository_id change_key class",
    forge_change:
      "forge_repository_id number version_ms telling state_id draft from_fork base_ref_id base_commit merge_commit squash_commit commits title_type_id breaking reverts closes_issues first_seen_ms",
    forge_review: "forge_repository_id number review_key version_ms telling commit_hash first_seen_ms",
    forge_thread:
      "forge_repository_id number thread_key version_ms telling side_id first_line last_line commit_hash resolved first_seen_ms",
    forge_comment: "forge_repository_id number comment_key thread_key first_seen_ms",
    forge_check:
      "forge_repository_id check_key version_ms telling commit_hash name_id status_id conclusion_id started_ms finished_ms attempt first_seen_ms",
    forge_deployment: "forge_repository_id deployment_key version_ms telling environment_id commit_hash first_seen_ms",
    forge_deployment_status: "forge_repository_id deployment_key state_id instant_ms first_seen_ms",
    forge_release: "forge_repository_id tag_id version_ms telling draft pre_release created_ms published_ms commit_hash first_seen_ms",
    forge_issue: "forge_repository_id number version_ms telling state_id issue_type_id first_seen_ms",
    forge_event: "forge_repository_id subject_id number event_id first_seen_ms",
    incident: "source_id incident_key version_ms telling state_id opened_ms resolved_ms severity_id service_id first_seen_ms",
    incident_tie: "source_id incident_key tie_id forge_repository_id tie_key first_seen_ms",
    forge_stream: "forge stream state",
    forge_delivery: "forge delivery first_seen_ms",
    forge_token: "address",
    bill_line:
      "report_id provider_id account_id view line_key occurrence version_ms telling use_id model_id item_id input cache_read cache_write_5m cache_write_1h cache_write output requests quantity_nano unit_id currency_id billed_nano contract_nano list_nano first_seen_ms",
  },
  derived: {
    derived_state: "name value",
    problem_d: "source code severity hint occurrences repository_id",
    repository_d:
      "repository_id name default_branch default_branch_reason horizon_ms commits commits_all_refs merges commits_with_trailer checkpoints_named checkpoints_missing pull_requests pull_requests_landed changes changes_landed releases lines_ever lines_alive release_rule forge forge_until_ms",
    session_d: "session_id agent repository_id agent_version",
    usage_d:
      "usage_id segment_id agent provider model agent_version service_tier speed repository_id sub_agent turn source sightings input cache_read cache_write_5m cache_write_1h output reasoning output_quality web_searches sighted_tokens grain",
    charge: "charge_id usage_id list_nano_usd contract_nano_usd billed_nano_usd price_gap remainder output_nano_per_million",
    context_cost: "usage_id cause list_nano_usd",
    usage_cell: `${cellsAboutNobody} remainder unpriced usages input cache_read cache_write_5m cache_write_1h output sightings sighted_tokens list_nano_usd`,
    ledger_cell: `${cellsAboutNobody} fate flow grade unlinked_reason changed_repository_id change_id line_kind side repair landed_ms list_nano_usd`,
    span_cell: `${cellsAboutNobody} fate grade n0 n1 n2 n3 n4 n5`,
    context_cell: `${cellsAboutNobody} cause list_nano_usd`,
    segment: "segment_id turn kind",
    fix_d: "repository_id evidence strength narrow wide",
    strand:
      "strand_id segment_id weight_from weight_to weight_total flow grade unlinked_reason activity repository_id change_id line_kind side lines landed_ms released_ms died_ms death superseded_ms repair horizon_ms death_commit landing_is_release",
    fate_now: "strand_id fate",
    mix_fate_now: "segment_id allocation weight grade fate",
    change:
      "change_id repository_id change_key kind number released_ms evidence class ruled_class class_evidence class_confidence review_rounds review_requests issue_opened_ms",
    issue_d: "repository_id number kind opened_ms closed_ms reopened_ms",
    commit_d: "commit_id repository_id commit_hash change_id on_default released_ms lines_added lines_removed marked_agent",
    commit_link: "repository_id grade method confidence lines lines_removed",
    run: "run_id repository_id landed_ms landed_change_id released_ms died_ms death line_kind lines moved_lines grade noted_agent places",
    note_tally:
      "repository_id dialect notes commit_gone on_merges not_read lines_claimed lines_added lines_over_claimed lines_claimed_on_default lines_added_on_default lines_of_agents lines_mixed lines_of_persons test_lines unseen_sessions",
    session_place: "kept_in",
    session_label_d: "label",
    write_d: "call_key turn quality changed_lines repository_id places artefacts",
    opaque_path: "repository_id path",
    span_segment: "segment_id allocation mix_segment_id mix_allocation",
    span_mix:
      "segment_id allocation weight grade unlinked_reason side repository_id landed_ms released_ms died_ms death superseded_ms repair horizon_ms landing_is_release",
    sub_agent_d: "observed",
    listed_session_d: "repository_id has_transcript",
  },
};
