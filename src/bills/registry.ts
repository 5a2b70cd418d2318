import type { BillFormat } from "./bill.ts";
import { focus } from "./focus/index.ts";

/**
 * Every format a bill comes in. Where two tell the money of one provider and day, the one that stands first counts: bills never
 * add to each other. A new format is a folder and one line here.
 */
export const billFormats = [focus] as const satisfies readonly BillFormat[];
