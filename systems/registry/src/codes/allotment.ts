/**
 * How many resident codes a municipality is given at a time (住民基本台帳法施行規則 art. 14: at random, weighted by population): what it
 * asks for, and in a large one as many as its population uses up in about a quarter of a year. Which codes they are
 * says nothing: they are a keyed permutation of a counter. The share is ours.
 */
const RESIDENTS_PER_CODE = 500;

/** @param asked for by the municipality, which is short of them; `codes_max` at the most */
export function allotmentOf(asked: number, population: number, codes_max: number): number {
  return Math.max(asked, Math.min(codes_max, Math.ceil(population / RESIDENTS_PER_CODE)));
}
