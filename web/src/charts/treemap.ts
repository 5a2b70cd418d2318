/** Squarified treemap (Bruls, Huizing and van Wijk 2000): rectangles as square as may be, areas as the values. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * @param values > 0, largest first
 * @returns one box a value, in order; together they fill `whole`
 */
export function treemap(values: readonly number[], whole: Box): Box[] {
  const sum = values.reduce((total, value) => total + value, 0);
  const areas = values.map((value) => (value / sum) * whole.width * whole.height);
  const boxes: Box[] = [];
  let free = whole;
  let at = 0;
  while (at < areas.length) {
    const side = Math.min(free.width, free.height);
    let end = at + 1;
    while (end < areas.length && worst(areas.slice(at, end + 1), side) <= worst(areas.slice(at, end), side)) end++;
    const row = areas.slice(at, end);
    free = layRow(row, free, boxes);
    at = end;
  }
  return boxes;
}

/** The greatest ratio of sides in a row laid along a side. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, area) => total + area, 0);
  return Math.max((side * side * Math.max(...row)) / (sum * sum), (sum * sum) / (side * side * Math.min(...row)));
}

/** Puts a row along the shorter side; what stays free is returned. */
function layRow(row: readonly number[], free: Box, boxes: Box[]): Box {
  const sum = row.reduce((total, area) => total + area, 0);
  const upright = free.width >= free.height;
  const depth = sum / (upright ? free.height : free.width);
  let along = 0;
  for (const area of row) {
    const length = area / depth;
    boxes.push(
      upright
        ? { x: free.x, y: free.y + along, width: depth, height: length }
        : { x: free.x + along, y: free.y, width: length, height: depth },
    );
    along += length;
  }
  return upright
    ? { x: free.x + depth, y: free.y, width: free.width - depth, height: free.height }
    : { x: free.x, y: free.y + depth, width: free.width, height: free.height - depth };
}
