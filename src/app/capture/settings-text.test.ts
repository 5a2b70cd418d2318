import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../contract/errors.ts";
import { hasHook, keptDaysOf, withHook, withoutHook } from "./settings-text.ts";

const command = "assay capture run";

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return undefined;
};

describe("settings of Claude Code", () => {
  it("that are empty or not there get the hook alone", () => {
    const put = withHook("", command);
    expect(JSON.parse(put?.text ?? "")).toEqual({ hooks: { SessionEnd: [{ hooks: [{ type: "command", command, timeout: 10 }] }] } });
    expect(put?.brought).toBe("hooks");
  });

  it("keep their order, numbers, indentation and line ends, and other hooks", () => {
    const text = '{\r\n\t"ratio": 1.50,\r\n\t"hooks": {\r\n\t\t"Stop": []\r\n\t},\r\n\t"a": 1\r\n}\r\n';
    const put = withHook(text, command);
    expect(put?.brought).toBe("event");
    expect(put?.text.startsWith('{\r\n\t"ratio": 1.50,\r\n\t"hooks": {\r\n\t\t"Stop": [],\r\n\t\t"SessionEnd": [\r\n\t\t\t{')).toBe(true);
    expect(put?.text.endsWith('\r\n\t\t]\r\n\t},\r\n\t"a": 1\r\n}\r\n')).toBe(true);
  });

  it("take no second hook of the same command", () => {
    expect(withHook(withHook("{}", command)?.text ?? "", command)).toBeNull();
  });

  it("lose only that hook where others came beside it since", () => {
    const put = withHook("{}", command)?.text ?? "";
    const more = withHook(put, "another")?.text ?? "";
    const rest = withoutHook(more, command, "hooks");
    expect(hasHook(rest, command)).toBe(false);
    expect(JSON.parse(rest)).toEqual({ hooks: { SessionEnd: [{ hooks: [{ type: "command", command: "another", timeout: 10 }] }] } });
  });

  it("are as they were, byte for byte, when the hook is taken out again", () => {
    const name = fc.constantFrom("model", "permissions", "env", "Stop", 'a "quoted" {name}', "hooks]");
    const value = fc.oneof(fc.constantFrom("true", "1.50", '"x, } ]"', "[]", "{}", "[ 1,\n 2 ]", '{"b" : [ {} ]}'));
    const members = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 });
    const layout = fc.constantFrom(
      ["{\n  ", ",\n  ", "\n}\n"],
      ["{", ", ", "}"],
      ["{\r\n\t", ",\r\n\t", "\r\n}"],
      ["\n{ ", " ,", " }\n\n"],
    );
    fc.assert(
      fc.property(
        members,
        layout,
        fc.constantFrom(null, "{}", '{ "Stop": [] }', '{ "SessionEnd": [ { "hooks": [] } ] }'),
        (list, [open, between, close], hooks) => {
          const all = [...list.map(([key, text]) => `${JSON.stringify(key)}: ${text}`), ...(hooks === null ? [] : [`"hooks": ${hooks}`])];
          const text = all.length === 0 ? "{}" : `${open}${all.join(between)}${close}`;
          const put = withHook(text, command);
          expect(JSON.parse(put?.text ?? "")).toMatchObject(Object.fromEntries(list.map(([key, one]) => [key, JSON.parse(one)])));
          expect(hasHook(put?.text ?? "", command)).toBe(true);
          expect(withoutHook(put?.text ?? "", command, put?.brought ?? "entry")).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("that are no JSON, or of another shape, are refused", () => {
    expect(codeOf(() => withHook('{ // mine\n "a": 1 }', command))).toBe("settings_not_json");
    expect(codeOf(() => withHook("[]", command))).toBe("settings_unexpected");
    expect(codeOf(() => withHook('{"hooks":[]}', command))).toBe("settings_unexpected");
    expect(codeOf(() => withHook('{"hooks":{"SessionEnd":{}}}', command))).toBe("settings_unexpected");
  });

  it("say after how many days transcripts are deleted, or it is 30", () => {
    expect([keptDaysOf('{"cleanupPeriodDays": 90}'), keptDaysOf("{}"), keptDaysOf("")]).toEqual([90, 30, 30]);
  });
});
