/** The invented organisation's assay.yaml: its people and the team each is in. */
import { people, type PersonKey } from "./team.ts";

const teams: Readonly<Record<string, readonly PersonKey[]>> = {
  quay: ["ines", "tomas", "mirela"],
  forecast: ["jonas", "priya", "wen"],
};

/** @returns YAML text; a JSON string is one of YAML's */
export function organisationFile(): string {
  const lines = Object.entries(teams).flatMap(([team, keys]) =>
    keys.map((key) => {
      const { name, email } = people[key].identity;
      return `  - { name: ${JSON.stringify(name)}, git_emails: [${JSON.stringify(email)}], teams: [{ team: ${team} }] }`;
    }),
  );
  return ["people:", ...lines, "teams:", ...Object.keys(teams).map((name) => `  - { name: ${name} }`), ""].join("\n");
}
