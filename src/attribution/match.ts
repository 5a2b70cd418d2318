/**
 * Longest common subsequence of two sequences of fingerprints, by the pairs that match (Hunt and Szymanski 1977): cheap
 * where lines are mostly distinct, as the non-trivial lines of code are.
 *
 * @param target fingerprints in order
 * @param places for each fingerprint its places in the other sequence, ascending
 * @returns pairs [place in target, place in other], both ascending
 */
export function matchInOrder(
  target: readonly number[],
  places: (fingerprint: number) => readonly number[] | undefined,
): [number, number][] {
  const tailPlace: number[] = [];
  const tailNode: number[] = [];
  const nodeTarget: number[] = [];
  const nodePlace: number[] = [];
  const nodeBefore: number[] = [];
  for (let t = 0; t < target.length; t++) {
    const list = places(target[t] as number);
    if (!list) continue;
    for (let k = list.length - 1; k >= 0; k--) {
      const place = list[k] as number;
      let low = 0;
      let high = tailPlace.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((tailPlace[middle] as number) < place) low = middle + 1;
        else high = middle;
      }
      if (tailPlace[low] === place) continue;
      nodeTarget.push(t);
      nodePlace.push(place);
      nodeBefore.push(low > 0 ? (tailNode[low - 1] as number) : -1);
      tailPlace[low] = place;
      tailNode[low] = nodeTarget.length - 1;
    }
  }
  const pairs: [number, number][] = [];
  for (let node = tailNode[tailNode.length - 1] ?? -1; node >= 0; node = nodeBefore[node] as number) {
    pairs.push([nodeTarget[node] as number, nodePlace[node] as number]);
  }
  return pairs.reverse();
}
