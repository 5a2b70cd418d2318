import type { Assay, AskOptions } from "../../../app/assay.ts";
import type { ChangeCard, CommitCard, SessionCard } from "../../../contract/show.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";
import { askedFile } from "./blame.ts";
import { changeCardText, commitCardText, fileCardText, sessionCardText } from "../show-text.ts";

export type ShowFlags = AsOfFlags & CommonFlags;
type Show = (this: CliContext, flags: ShowFlags, id: string) => Promise<void>;

export const show = {
  session: showing((assay, id, options) => assay.showSession(id, options), sessionCardText),
  change: showing((assay, id, options) => assay.showChange(id, options), changeCardText),
  commit: showing((assay, id, options) => assay.showCommit(id, options), commitCardText),
} as const;

function showing<Card extends SessionCard | ChangeCard | CommitCard>(
  find: (assay: Assay, id: string, options: AskOptions) => Promise<Card>,
  render: (card: Card, options: ReturnType<typeof textOptions>) => string,
): Show {
  return async function (flags, id) {
    const card = await withAssay(this.machine, flags, (assay) => find(assay, id, askOptions(flags)));
    if (flags.json === true) printJson(this.machine, card);
    else this.machine.stdout.write(render(card, textOptions(this.machine, flags)));
  };
}

export async function showFile(this: CliContext, flags: ShowFlags & { readonly repo?: string }, path: string): Promise<void> {
  const asked = askedFile(this.machine, flags, path);
  const card = await withAssay(this.machine, flags, (assay) => assay.showFile(asked, askOptions(flags)));
  if (flags.json === true) printJson(this.machine, card);
  else this.machine.stdout.write(fileCardText(card, textOptions(this.machine, flags)));
}
