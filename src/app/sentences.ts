import type { FateName } from "../contract/fates.ts";

/** What each fate means, in a sentence for the legend. */
export const fateSentences: Readonly<Record<FateName, string>> = {
  unlinked: "Its end cannot be observed; the reason is kept.",
  unused: "Paid and not consumed.",
  reverted: "Landed, and taken out by a revert within 90 days.",
  fixing: "Fixed a bug that AI-written lines brought in.",
  review: "Reviewed, or answered a review.",
  stuck: "Landed, released, and alive 21 days after landing.",
  maturing: "Landed; too young to tell, or not yet released.",
  rework: "Landed, and replaced within 21 days.",
  removed: "Landed, and gone within 21 days with nothing in its place.",
  superseded: "Replaced before its own change landed: iteration.",
  in_flight: "Not landed; still being worked on.",
  abandoned: "Never landed, and nobody is working on it.",
  burn: "No artefact, no gain, and signs of a loop.",
  no_artefact: "Questions, research, planning, operations.",
};

/** What a kind of problem means for the answer; a problem of another kind speaks for itself. */
export const problemSentences: Readonly<Record<string, string>> = {
  absent_transcript: "transcripts are listed but not in this copy of the repository",
  format_not_supported: "transcripts are of an agent that is not read yet",
  unknown_record: "records are of a kind this version does not know",
  unknown_model: "responses are of a model without a known price",
};
