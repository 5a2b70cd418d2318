/** Light, dark or the system's: kept in this browser only. */
export type Theme = "system" | "light" | "dark";

const key = "assay-theme";

export function readTheme(storage: Storage): Theme {
  const kept = storage.getItem(key);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function applyTheme(root: HTMLElement, storage: Storage, theme: Theme): void {
  if (theme === "system") {
    delete root.dataset["theme"];
    storage.removeItem(key);
  } else {
    root.dataset["theme"] = theme;
    storage.setItem(key, theme);
  }
}
