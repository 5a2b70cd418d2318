/** How old a line is: from the commit that bore it to the newest commit known, never to today. */

const dayMs = 86_400_000;

/** Whole days; null where one end is not known, 0 for what is younger than the horizon. */
export function ageInDays(bornAt: string | null, horizon: string | null): number | null {
  if (bornAt === null || horizon === null) return null;
  return Math.max(0, Math.floor((Date.parse(horizon) - Date.parse(bornAt)) / dayMs));
}

/** `3 d`, `5 wk`, `7 mo`, `2.4 yr`. */
export function ageText(days: number | null): string {
  if (days === null) return "–";
  if (days < 21) return `${days} d`;
  if (days < 91) return `${Math.round(days / 7)} wk`;
  return days < 730 ? `${Math.round(days / 30.4)} mo` : `${(days / 365).toFixed(1)} yr`;
}

const longest = Math.log2(3 * 365 + 1);

/** 0 for a day's line, 1 from three years on: every doubling is a step of the same length. */
export const agePart = (days: number): number => Math.min(1, Math.log2(days + 1) / longest);
