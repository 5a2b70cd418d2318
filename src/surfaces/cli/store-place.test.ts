import { expect, it } from "vitest";
import { defaultStoreDir } from "./store-place.ts";

it("keeps the store where each platform keeps a user's data", () => {
  const place = (platform: NodeJS.Platform, homeDir: string, variables: Record<string, string>) =>
    defaultStoreDir({ platform, homeDir, variables });
  expect(place("linux", "/home/ada", {})).toBe("/home/ada/.local/share/assay");
  expect(place("linux", "/home/ada", { XDG_DATA_HOME: "/data" })).toBe("/data/assay");
  expect(place("linux", "/home/ada", { XDG_DATA_HOME: "data" })).toBe("/home/ada/.local/share/assay");
  expect(place("darwin", "/Users/ada", {})).toBe("/Users/ada/Library/Application Support/assay");
  expect(place("win32", "C:\\Users\\ada", {})).toBe("C:\\Users\\ada\\AppData\\Local\\assay");
  expect(place("win32", "C:\\Users\\ada", { LOCALAPPDATA: "D:\\local" })).toBe("D:\\local\\assay");
});
