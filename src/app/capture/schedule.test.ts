import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/errors.ts";
import { crontabLine, crontabWith, hookLine, planSchedule } from "./schedule.ts";

const asked = {
  name: "assay-capture-00ff0010",
  command: ["/opt/my node", "/opt/assay.js", "capture", "run", "--store", "/home/ana/50% done"],
  homeDir: "/home/ana",
  variables: {},
  userId: 501,
};

describe("a schedule", () => {
  it("is a line of the crontab, at a minute of its own, with what cron would read otherwise escaped", () => {
    expect(crontabLine(asked)).toBe(
      "16 * * * * '/opt/my node' /opt/assay.js capture run --store '/home/ana/50\\% done' # assay-capture-00ff0010",
    );
  });

  it("comes to the end of a crontab, once, and leaves it as it was", () => {
    const table = "MAILTO=ana\n0 5 * * * backup\n";
    const line = crontabLine(asked);
    const once = crontabWith(table, asked.name, line);
    expect(once).toBe(`${table}${line}\n`);
    expect(crontabWith(once, asked.name, line)).toBe(once);
    expect(crontabWith(once, asked.name, null)).toBe(table);
    expect(crontabWith("no line end", asked.name, line)).toBe(`no line end\n${line}\n`);
  });

  it("is a timer and a service where systemd is, in the user's own folder", () => {
    const { files, start } = planSchedule("systemd", asked);
    expect(files.map(({ path }) => path).sort()).toEqual([
      "/home/ana/.config/systemd/user/assay-capture-00ff0010.service",
      "/home/ana/.config/systemd/user/assay-capture-00ff0010.timer",
    ]);
    expect(files.map(({ text }) => text).join()).toContain('50%% done"');
    expect(start.at(-1)).toEqual({ name: "systemctl", args: ["--user", "enable", "--now", "assay-capture-00ff0010.timer"] });
  });

  it("is a property list where launchd is, with markup escaped", () => {
    const { files, start } = planSchedule("launchd", { ...asked, command: ["/opt/a&b"] });
    expect(files[0]?.path).toMatch(/^\/home\/ana\/Library\/LaunchAgents\/.*assay-capture-00ff0010\.plist$/);
    expect(files[0]?.text).toContain("<string>/opt/a&amp;b</string>");
    expect(start[0]?.args.slice(0, 2)).toEqual(["bootstrap", "gui/501"]);
  });

  it("is refused where the Task Scheduler cannot hold the command", () => {
    expect(() => planSchedule("task-scheduler", { ...asked, command: ["x".repeat(300)] })).toThrow(UserError);
  });

  it("and the hook's line mean the same to any shell", () => {
    expect(hookLine(["/opt/my node", "it's"], "linux")).toBe("'/opt/my node' 'it'\\''s'");
    expect(hookLine(["C:\\Program Files\\node.exe", "run"], "win32")).toBe('"C:/Program Files/node.exe" "run"');
  });
});
