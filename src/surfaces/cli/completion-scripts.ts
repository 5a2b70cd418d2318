/** Completion as scripts that hold every word: pressing Tab starts no Assay. */
import type { CommandModel, Shell, Values } from "./completion-model.ts";

export function completionScript(shell: Shell, commands: readonly CommandModel[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      // zsh runs completions written for bash; it splits no word at `=`.
      return `#compdef assay\nautoload -Uz +X compinit && compinit\nautoload -Uz +X bashcompinit && bashcompinit\n\n${bashScript(commands)}`;
    case "fish":
      return fishScript(commands);
  }
}

/** Commands that stand first. */
const firstWords = (commands: readonly CommandModel[]): string[] => commands.map(({ path }) => path).filter((path) => !path.includes(" "));

function bashScript(commands: readonly CommandModel[]): string {
  const withValue = [...new Set(commands.flatMap(({ flags }) => flags.filter(({ value }) => value !== null).map(({ name }) => name)))];
  const values = grouped(
    commands.flatMap(({ path, flags }) =>
      flags.flatMap(({ name, value }) => (value === null ? [] : [[`"${path} ${name}"`, bashValues(value)] as const])),
    ),
  );
  const flags = grouped(
    commands.map(({ path, flags: own }) => [`"${path}"`, `_assay_words ${quoted(own.map(({ name }) => name))}`] as const),
  );
  const args = grouped([
    ['""', `_assay_words ${quoted(firstWords(commands))}`] as const,
    ...commands.map(({ path, argument }) => [`"${path}"`, bashValues(argument)] as const),
  ]);
  return `# Completion of assay, made by \`assay completion\`; make it anew after an update.
_assay_words() {
  local word
  for word in "$@"; do
    if [[ "$word" == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}

# Several with commas: the last is completed, the others stay before it.
_assay_list() {
  local word before=""
  if [[ "$cur" == *,* ]]; then before="\${cur%,*},"; fi
  for word in "$@"; do
    if [[ "$before$word" == "$cur"* ]]; then COMPREPLY+=("$before$word"); fi
  done
}

# Something follows the word: no blank behind it.
_assay_filter() {
  if type compopt > /dev/null 2>&1; then compopt -o nospace; fi
  local word
  for word in "$@"; do
    if [[ "$word=" == "$cur"* ]]; then COMPREPLY+=("$word="); fi
  done
}

_assay_paths() {
  local name
  if type compopt > /dev/null 2>&1; then compopt -o filenames; fi
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$cur")
}

_assay() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" command="" word="" skip="" i
  COMPREPLY=()
  if [[ "$cur" == "=" ]]; then
    cur=""
  elif [[ "$prev" == "=" ]]; then
    prev="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ -n "$skip" ]]; then
      if [[ "$word" != "=" ]]; then skip=""; fi
      continue
    fi
    case "$word" in
      ${withValue.join(" | ")}) skip="yes" ;;
      -*) ;;
      *)
        case "\${command:+$command }$word" in
          ${commands.map(({ path }) => `"${path}"`).join(" | ")}) command="\${command:+$command }$word" ;;
        esac
        ;;
    esac
  done
  if [[ "$prev" == --* ]]; then
    case "$command $prev" in
${cases(values, "      ", "return")}
    esac
  fi
  if [[ "$cur" == -* ]]; then
    case "$command" in
${cases(flags, "      ")}
    esac
    return
  fi
  case "$command" in
${cases(args, "    ")}
  esac
}

complete -F _assay assay
`;
}

function bashValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `${{ one: "_assay_words", list: "_assay_list", filter: "_assay_filter" }[values.form]} ${quoted(values.words)}`;
    case "files":
      return "_assay_paths -f";
    case "folders":
      return "_assay_paths -d";
    case "anything":
      return ":";
  }
}

/** Patterns by what is done for them. */
function grouped(pairs: readonly (readonly [pattern: string, action: string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [pattern, action] of pairs) groups.set(action, [...(groups.get(action) ?? []), pattern]);
  return groups;
}

const cases = (groups: ReadonlyMap<string, readonly string[]>, indent: string, then?: string): string =>
  [...groups]
    .map(
      ([action, patterns]) =>
        `${indent}${patterns.join(" | ")})\n${indent}  ${action}\n${then === undefined ? "" : `${indent}  ${then}\n`}${indent}  ;;`,
    )
    .join("\n");

/** Words of the registries have letters, digits, `-` and `_`; the quotes keep a later one harmless. */
const quoted = (words: readonly string[]): string => words.map(shellWord).join(" ");
const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function fishScript(commands: readonly CommandModel[]): string {
  const lines = commands.flatMap((command) => {
    const [first = "", second] = command.path.split(" ");
    const siblings = commands.filter(({ path }) => path.startsWith(`${first} `)).map(({ path }) => path.slice(first.length + 1));
    const chosen = `__fish_seen_subcommand_from ${first}${second === undefined ? "" : `; and __fish_seen_subcommand_from ${second}`}`;
    const named =
      second === undefined
        ? `complete -c assay -n __fish_use_subcommand -a ${shellWord(first)} -d ${shellWord(command.brief)}`
        : `complete -c assay -n ${shellWord(`__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${siblings.join(" ")}`)} -a ${shellWord(second)} -d ${shellWord(command.brief)}`;
    const isGroup = siblings.length > 0 && second === undefined;
    const argument = isGroup ? "" : fishValues(command.argument);
    return [
      named,
      ...(argument === "" ? [] : [`complete -c assay -n ${shellWord(chosen)} ${argument}`]),
      ...command.flags.map(
        ({ name, brief, value }) =>
          `complete -c assay -n ${shellWord(chosen)} -l ${name.slice(2)}${value === null ? "" : ` ${fishValues(value) || "-x"}`} -d ${shellWord(brief)}`,
      ),
    ];
  });
  return `# Completion of assay, made by \`assay completion\`; make it anew after an update.\ncomplete -c assay -f\n${lines.join("\n")}\n`;
}

function fishValues(values: Values): string {
  switch (values.kind) {
    case "words": {
      const words = values.words.map((word) => (values.form === "filter" ? `${word}=` : word)).join(" ");
      return values.form === "list" ? `-x -a ${shellWord(`(__fish_append , ${words})`)}` : `-x -a ${shellWord(words)}`;
    }
    case "files":
      return "-r -F";
    case "folders":
      return "-x -a '(__fish_complete_directories)'";
    case "anything":
      return "";
  }
}
