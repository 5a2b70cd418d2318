import type { NewLine } from "./lines.ts";
import { base62, type Random } from "./random.ts";

/** What a piece of the invented product is about: `berth`, and the office that looks after it. */
export interface Subject {
  readonly noun: string;
  readonly partner: string;
}

/** Writes the text of one kind of file. Statement 0 is the frame of a unit, which edits leave alone. */
export interface CodeText {
  /** First lines of a new file. */
  header(random: Random, subject: Subject): readonly NewLine[];
  /** Last lines of a file, after its units. */
  footer?(random: Random, subject: Subject): readonly NewLine[];
  /** A whole unit: function, test, section, entry. */
  unit(random: Random, subject: Subject): readonly NewLine[];
  /** One statement of a unit's body. */
  statement(random: Random, subject: Subject): readonly string[];
}

const nouns = [
  "berth",
  "vessel",
  "booking",
  "tariff",
  "bill",
  "pilot",
  "tug",
  "crane",
  "slot",
  "manifest",
  "pallet",
  "gate",
  "chamber",
  "mooring",
  "permit",
  "quay",
  "shift",
  "voyage",
  "tide",
  "buoy",
  "shuttle",
  "barge",
  "depot",
  "convoy",
  "wharf",
  "waiver",
  "surcharge",
  "roster",
  "lighter",
  "reefer",
] as const;

const tideNouns = [
  "gauge",
  "station",
  "reading",
  "surge",
  "forecast",
  "datum",
  "harmonic",
  "sensor",
  "buoy",
  "window",
  "warning",
  "sample",
  "swell",
  "stream",
  "drift",
  "basin",
  "culvert",
  "sluice",
  "weir",
  "level",
  "phase",
  "season",
  "batch",
  "feed",
  "relay",
  "probe",
  "siren",
  "ledger",
  "calendar",
  "tower",
] as const;

const fields = [
  "draughtCm",
  "lengthCm",
  "windowMinutes",
  "priority",
  "graceDays",
  "feeCents",
  "depthCm",
  "weightKg",
  "delayMinutes",
  "version",
  "capacity",
  "beamCm",
  "holdHours",
  "retries",
  "distanceM",
  "rateCents",
  "ageDays",
  "clearanceCm",
  "queueDepth",
  "penaltyCents",
  "noticeHours",
  "loadFactor",
] as const;

const verbs = [
  "reserve",
  "release",
  "confirm",
  "settle",
  "assign",
  "rank",
  "hold",
  "measure",
  "reconcile",
  "schedule",
  "estimate",
  "merge",
  "validate",
  "price",
  "split",
  "notify",
  "renew",
  "close",
] as const;
const places = [
  "north basin",
  "fuel dock",
  "outer gate",
  "east quay",
  "ferry ramp",
  "dry dock",
  "customs shed",
  "inner lock",
  "coal pier",
  "pilot house",
] as const;
const roles = [
  "harbour master",
  "duty officer",
  "tariff clerk",
  "pilot",
  "lock keeper",
  "night shift",
  "agent on board",
  "yard planner",
] as const;
const reasons = ["too_shallow", "too_late", "out_of_window", "not_cleared", "over_limit", "unpaid", "double_booked", "stale"] as const;
const turns = [
  "counts from boarding, not from the gate",
  "is settled before the tide turns",
  "never outlives its permit",
  "is asked twice in fog",
  "follows the printed almanac",
  "wins over the paper form",
  "is rounded in the port's favour",
  "waits for the second signal",
] as const;

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** `draughtCm` as people say it: `draught`. */
const words = (text: string): string =>
  text
    .replace(/(Cm|Cents|Minutes|Kg|M)$/, "")
    .replace(/([A-Z])/g, " $1")
    .trim()
    .toLowerCase();

/** Nouns a repository's features are about. */
export const subjectsOf = { harbour: nouns, tide: tideNouns } as const;

export function subjectFrom(random: Random, from: readonly string[], noun = random.pick(from)): Subject {
  return { noun, partner: random.pick(from.filter((other) => other !== noun)) };
}

/** A title for a piece of work, its branch and its commit. */
export function titleOf(random: Random, subject: Subject): string {
  const { noun, partner } = subject;
  const field = words(random.pick(fields));
  return upper(
    random.pick([
      `${random.pick(verbs)} ${noun}s by ${field}`,
      `add ${noun} ${field} to the ${partner} view`,
      `let the ${random.pick(roles)} ${random.pick(verbs)} a ${noun}`,
      `${random.pick(verbs)} ${partner} when the ${noun} is late`,
      `check ${noun} ${field} at the ${random.pick(places)}`,
    ]),
  );
}

export const phrase = {
  field: (random: Random): string => words(random.pick(fields)),
  place: (random: Random): string => random.pick(places),
  role: (random: Random): string => random.pick(roles),
  verb: (random: Random): string => random.pick(verbs),
};

const frame = (...texts: readonly string[]): NewLine[] => texts.map((text) => ({ text, statement: 0 }));

function body(random: Random, text: CodeText, subject: Subject, count: number): NewLine[] {
  return Array.from({ length: count }, (_, index) =>
    text.statement(random, subject).map((line) => ({ text: line, statement: index + 1 })),
  ).flat();
}

const typescriptText: CodeText = {
  header: (_random, { noun, partner }) =>
    frame(
      `import { accept, refuse, type Decision } from "../core/decision.ts";`,
      `import { log } from "../core/log.ts";`,
      `import type { ${upper(noun)}, ${upper(noun)}Request } from "./${noun}-model.ts";`,
      `import type { ${upper(partner)} } from "../${partner}/${partner}-model.ts";`,
      "",
    ),
  unit(random, subject) {
    const { noun, partner } = subject;
    const name = `${random.pick(verbs)}${upper(noun)}${upper(random.pick(fields))}${random.chance(0.5) ? upper(partner) : ""}`;
    return [
      ...frame(
        `/** ${upper(random.pick(verbs))}s a ${noun} for the ${random.pick(places)}; its ${words(random.pick(fields))} ${random.pick(turns)}. */`,
        `export async function ${name}(${noun}: ${upper(noun)}, ${partner}: ${upper(partner)}, request: ${upper(noun)}Request): Promise<Decision> {`,
      ),
      ...body(random, typescriptText, subject, random.int(4, 9)),
      ...frame(`  return accept({ ${noun}: ${noun}.id, by: "${name}" });`, "}", ""),
    ];
  },
  statement(random, { noun, partner }) {
    const [f, g] = [random.pick(fields), random.pick(fields)];
    const n = random.int(2, 960);
    return random.pick<() => string[]>([
      () => [`  const ${f}Total = ${noun}.${f} + ${partner}.${g} * ${n};`],
      () => [
        `  if (${noun}.${f} < ${n} && request.${g} > 0) {`,
        `    return refuse("${noun}_${random.pick(reasons)}", { ${f}: ${noun}.${f}, limit: ${n} });`,
        "  }",
      ],
      () => [
        `  for (const entry of ${noun}.${partner}s) {`,
        `    entry.${f} = Math.max(entry.${f}, ${partner}.${g} - ${n});`,
        `    request.total${upper(g)} += entry.${f};`,
        "  }",
      ],
      () => [
        `  // The ${noun}'s ${words(f)} at the ${random.pick(places)} ${random.pick(turns)}.`,
        `  ${noun}.${f} = Math.round(request.${g} / ${n});`,
      ],
      () => [`  log.info("${noun} ${random.pick(verbs)}", { ${noun}: ${noun}.id, ${f}: request.${f}, ${g}: ${n} });`],
      () => [`  const open${upper(partner)}s = ${noun}.${partner}s.filter((entry) => entry.${f} >= ${n} && entry.${g} !== null);`],
      () => [`  const ${g}Share = request.${g} === 0 ? null : ${noun}.${f} / (request.${g} + ${n});`],
      () => [`  await ${partner}.store.save({ ...request, ${f}: ${noun}.${g} ?? ${n} });`],
    ])();
  },
};

const typescriptTestText: CodeText = {
  header: (_random, { noun, partner }) =>
    frame(
      `import { describe, expect, it } from "vitest";`,
      `import { a${upper(noun)}, a${upper(partner)} } from "../../test/builders.ts";`,
      `import * as ${noun}s from "./${noun}s.ts";`,
      "",
    ),
  unit(random, subject) {
    return [
      ...frame(`it("${random.pick(verbs)}s a ${subject.noun} whose ${words(random.pick(fields))} ${random.pick(turns)}", async () => {`),
      ...body(random, typescriptTestText, subject, random.int(2, 5)),
      ...frame("});", ""),
    ];
  },
  statement(random, { noun, partner }) {
    const [f, g] = [random.pick(fields), random.pick(fields)];
    const n = random.int(2, 960);
    return random.pick<() => string[]>([
      () => [`  const ${noun}${n} = a${upper(noun)}({ ${f}: ${n}, ${g}: ${random.int(1, 99)} });`],
      () => [
        `  expect(await ${noun}s.${random.pick(verbs)}(a${upper(noun)}({ ${f}: ${n} }), a${upper(partner)}())).toMatchObject({ ${g}: ${random.int(1, 900)} });`,
      ],
      () => [`  expect(${noun}s.limitOf("${g}", ${n})).toBe(${random.int(1, 900)});`],
      () => [
        `  // At the ${random.pick(places)} the ${words(f)} ${random.pick(turns)}.`,
        `  await expect(${noun}s.${random.pick(verbs)}(a${upper(noun)}({ ${g}: -${n} }), a${upper(partner)}())).rejects.toThrow("${random.pick(reasons)}");`,
      ],
    ])();
  },
};

const goText: CodeText = {
  header: (_random, { noun }) =>
    frame(
      `// Package ${noun} keeps the ${noun}s of the tide worker.`,
      `package ${noun}`,
      "",
      "import (",
      `\t"context"`,
      `\t"fmt"`,
      "",
      `\t"saltmarsh.example/tide/internal/clock"`,
      ")",
      "",
    ),
  unit(random, subject) {
    const { noun, partner } = subject;
    const name = `${upper(random.pick(verbs))}${upper(noun)}${upper(random.pick(fields))}${random.chance(0.5) ? upper(partner) : ""}`;
    return [
      ...frame(
        `// ${name} ${random.pick(verbs)}s a ${noun} at the ${random.pick(places)}; the ${words(random.pick(fields))} ${random.pick(turns)}.`,
        `func ${name}(ctx context.Context, ${noun} *${upper(noun)}, ${partner} *${upper(partner)}) error {`,
      ),
      ...body(random, goText, subject, random.int(4, 8)),
      ...frame(`\treturn ${noun}.commit(ctx, "${name}")`, "}", ""),
    ];
  },
  statement(random, { noun, partner }) {
    const [f, g] = [upper(random.pick(fields)), upper(random.pick(fields))];
    const n = random.int(2, 960);
    return random.pick<() => string[]>([
      () => [`\t${noun}.${f} += ${partner}.${g} * ${n}`],
      () => [
        `\tif ${noun}.${f} < ${n} {`,
        `\t\treturn fmt.Errorf("${noun} ${random.pick(reasons)}: ${words(f)} %d under ${n}", ${noun}.${f})`,
        "\t}",
      ],
      () => [`\tfor _, entry := range ${noun}.${upper(partner)}s {`, `\t\tentry.${f} = max(entry.${f}, ${partner}.${g}-${n})`, "\t}"],
      () => [
        `\t// The ${words(f)} of a ${noun} at the ${random.pick(places)} ${random.pick(turns)}.`,
        `\t${noun}.${g} = ${partner}.${f} / ${n}`,
      ],
      () => [`\tif err := ${partner}.Store.Put(ctx, ${noun}.ID, ${noun}.${g}+${n}); err != nil {`, "\t\treturn err", "\t}"],
      () => [`\t${noun}.Log.Info("${random.pick(verbs)} ${noun}", "${words(f)}", ${noun}.${f}, "limit", ${n})`],
      () => [`\tdeadline := clock.Now().Add(${n} * ${noun}.${f}Step) // ${random.pick(turns)}`],
    ])();
  },
};

const goTestText: CodeText = {
  header: (_random, { noun }) => frame(`package ${noun}`, "", `import "testing"`, ""),
  unit(random, subject) {
    return [
      ...frame(
        `func Test${upper(random.pick(verbs))}${upper(subject.noun)}${upper(random.pick(fields))}${random.int(2, 99)}(t *testing.T) {`,
      ),
      ...body(random, goTestText, subject, random.int(2, 5)),
      ...frame("}", ""),
    ];
  },
  statement(random, { noun, partner }) {
    const [f, g] = [upper(random.pick(fields)), upper(random.pick(fields))];
    const n = random.int(2, 960);
    return random.pick<() => string[]>([
      () => [`\tgiven${f} := new${upper(noun)}(t, With${g}(${n}))`],
      () => [
        `\tif got := ${noun}${g}Of(new${upper(partner)}(t), ${n}); got != ${random.int(1, 900)} {`,
        `\t\tt.Errorf("${words(g)} of the ${noun}: got %d, want it where the ${words(f)} ${random.pick(turns)}", got)`,
        "\t}",
      ],
      () => [`\trequire${f}(t, new${upper(noun)}(t, With${f}(${n})), ${random.int(1, 900)})`],
    ])();
  },
};

const proseText: CodeText = {
  header: (_random, { noun }) => frame(`# ${upper(noun)}s`, ""),
  unit(random, subject) {
    return [
      ...frame(`## ${upper(random.pick(verbs))} a ${subject.noun} by ${words(random.pick(fields))}`, ""),
      ...body(random, proseText, subject, random.int(3, 6)),
      ...frame(""),
    ];
  },
  statement(random, { noun, partner }) {
    const [f, g] = [words(random.pick(fields)), words(random.pick(fields))];
    const n = random.int(2, 960);
    return [
      random.pick([
        `- A ${noun} whose ${f} exceeds ${n} is held at the ${random.pick(places)} until the ${random.pick(roles)} signs for the ${partner}.`,
        `- The ${random.pick(roles)} may ${random.pick(verbs)} a ${noun} up to ${n} times; after that its ${g} ${random.pick(turns)}.`,
        `- At the ${random.pick(places)} the ${f} of every ${partner} ${random.pick(turns)}, and ${n} is the most the ${noun} desk accepts.`,
        `- When the ${f} falls under ${n}, the ${partner} desk tells the ${random.pick(roles)} and the ${noun} keeps its ${g}.`,
      ]),
    ];
  },
};

const jsonText: CodeText = {
  header: () => frame("{"),
  footer: () => frame(`  "schema": 1`, "}"),
  unit(random, subject) {
    return [
      ...frame(`  "${subject.noun}${upper(random.pick(fields))}${random.int(2, 999)}": {`),
      ...body(random, jsonText, subject, random.int(2, 4)),
      ...frame(`    "reviewedBy": "${random.pick(roles)} ${random.int(100, 9999)}"`, "  },"),
    ];
  },
  statement: (random, { noun, partner }) => [`    "${noun}${upper(random.pick(fields))}For${upper(partner)}": ${random.int(2, 9999)},`],
};

/** A notebook: a unit is a cell, a statement a line of its source. */
const notebookText: CodeText = {
  header: () => frame("{", ' "cells": ['),
  footer: () =>
    frame(
      "  {",
      '   "cell_type": "markdown",',
      '   "id": "last",',
      '   "metadata": {},',
      '   "source": []',
      "  }",
      " ],",
      ' "metadata": {},',
      ' "nbformat": 4,',
      ' "nbformat_minor": 5',
      "}",
    ),
  unit(random, subject) {
    return [
      ...frame(
        "  {",
        '   "cell_type": "code",',
        '   "execution_count": null,',
        `   "id": "${random.letters(base62, 8)}",`,
        '   "metadata": {},',
        '   "outputs": [],',
        '   "source": [',
      ),
      ...body(random, notebookText, subject, random.int(3, 6)),
      ...frame(`    "${subject.noun}.tail(${random.int(2, 99)})"`, "   ]", "  },"),
    ];
  },
  statement(random, { noun, partner }) {
    const [f, n] = [random.pick(fields), random.int(2, 9_600)];
    const source = random.pick([
      `${noun} = ${noun}[${noun}.${f} > ${n}]\n`,
      `${partner}_${f} = ${noun}.groupby("${f}").${random.pick(["sum", "mean", "max"])}().head(${n})\n`,
      `${noun}["${f}"] = ${noun}["${random.pick(fields)}"].rolling(${n}).mean()\n`,
    ]);
    return [`    ${JSON.stringify(source)},`];
  },
};

/** Prose in paragraphs: a statement is a paragraph of some sentences, all on one line. */
const paragraphText: CodeText = {
  header: (_random, { noun }) => frame(`# The ${noun} guide`, ""),
  unit(random, subject) {
    return [...body(random, paragraphText, subject, 1), ...frame("")];
  },
  statement: (random, subject) => [Array.from({ length: random.int(3, 5) }, () => sentence(random, subject)).join(" ")],
};

/** One sentence of a paragraph. */
export function sentence(random: Random, { noun, partner }: Subject): string {
  const [f, n] = [words(random.pick(fields)), random.int(2, 9_600)];
  return random.pick([
    `Whoever keeps the ${noun} looks at its ${f} first, and calls the ${random.pick(roles)} above ${n}.`,
    `The ${random.pick(places)} sends ${n} ${partner}s a season, and every ${f} among them ${random.pick(turns)}.`,
    `A ${noun} without ${f} is left to the ${random.pick(roles)} for ${n} minutes.`,
  ]);
}

const base64 = `${base62}+/`;

const lockText: CodeText = {
  header: (_random, { noun }) => frame("{", `  "name": "${noun}",`, `  "lockfileVersion": 3,`, `  "packages": {`),
  footer: () => frame(`    "": {}`, "  }", "}"),
  unit: (random, { noun, partner }) => [
    ...frame(`    "node_modules/${noun}-${partner}${random.int(2, 99)}": {`),
    ...lockText.statement(random, { noun, partner }).map((text) => ({ text, statement: 1 })),
    ...frame(`      "license": "MIT"`, "    },"),
  ],
  statement: (random) => [
    `      "version": "${random.int(0, 9)}.${random.int(0, 30)}.${random.int(0, 30)}",`,
    `      "integrity": "sha512-${random.letters(base64, 86)}==",`,
  ],
};

const sumText: CodeText = {
  header: () => [],
  unit: (random, subject) => sumText.statement(random, subject).map((text) => ({ text, statement: 1 })),
  statement: (random, { noun, partner }) => [
    `saltmarsh.example/${noun}/${partner} v${random.int(0, 3)}.${random.int(0, 30)}.${random.int(0, 30)} h1:${random.letters(base64, 43)}=`,
  ],
};

/** Which text a path holds. */
export function textOf(path: string): CodeText {
  if (path.endsWith("package-lock.json")) return lockText;
  if (path.endsWith("go.sum")) return sumText;
  if (path.endsWith(".test.ts")) return typescriptTestText;
  if (path.endsWith(".ts")) return typescriptText;
  if (path.endsWith("_test.go")) return goTestText;
  if (path.endsWith(".go")) return goText;
  if (path.endsWith(".ipynb")) return notebookText;
  if (path.startsWith("guide/")) return paragraphText;
  if (path.endsWith(".json") || path.endsWith(".yaml")) return jsonText;
  return proseText;
}
