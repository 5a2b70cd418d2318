/** Colours of series that are no group of fates: six and "Other", light then dark. Lines carry a dash beside their colour. */
export interface SeriesLook {
  readonly light: string;
  readonly dark: string;
  readonly dash: string;
}

export const seriesLooks: readonly SeriesLook[] = [
  { light: "#3355c4", dark: "#5ab0fd", dash: "" },
  { light: "#c45c05", dark: "#e0a83a", dash: "6 3" },
  { light: "#08124d", dark: "#f5f8ff", dash: "2 3" },
  { light: "#5e9dc8", dark: "#2f57c4", dash: "9 3 2 3" },
  { light: "#7e434b", dark: "#df6b8e", dash: "12 4" },
  { light: "#a6a860", dark: "#7a6a24", dash: "4 2" },
];
export const otherLook: SeriesLook = { light: "#8a857b", dark: "#77737a", dash: "1 2" };

export const seriesColor = (index: number): string => (index < seriesLooks.length ? `var(--series-${index + 1})` : "var(--series-other)");
