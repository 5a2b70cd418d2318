import { type Application, type CommandContext, generateHelpTextForAllCommands } from "@stricli/core";
import { buildApp, buildRoutes } from "./app.ts";

/** `docs/commands.md`: the help of every command, as the program prints it. */
export function commandsPage(): string {
  // The context is what commands run with; only their help is asked for here, and nothing runs.
  const app = buildApp(buildRoutes(), "", false) as unknown as Application<CommandContext>;
  const commands = generateHelpTextForAllCommands(app).map(([route, help]) => `## ${route}\n\n\`\`\`\n${help.trim()}\n\`\`\`\n`);
  return `# Commands\n\nMade from the program by \`npm run docs\`. \`assay\` alone is \`assay start\`.\n\n${commands.join("\n")}`;
}
