/**
 * How many households of each kind there are, by the head's age. The figures were fitted so that the people in them
 * follow the country's age pyramid (estimate of October 2024, within 0.4 points in each five-year band) while the kinds
 * stay near the shares of the 2020 census.
 */
import { WeightedChoice } from './seeded-random.ts';

const KINDS = [
  'single',
  'couple',
  'parents-children',
  'one-parent',
  'child-with-parents',
  'three-generations',
  'three-generations-eldest',
  'siblings',
  'lodger',
] as const;

export type HouseholdKind = (typeof KINDS)[number];

/** A kind of household whose head is of an age, in years: at least `ageFrom`, less than `ageTo`. */
export interface HouseholdShape {
  readonly kind: HouseholdKind;
  readonly ageFrom: number;
  readonly ageTo: number;
  readonly weight: number;
}

const BAND_YEARS = 5;
const FIRST_BAND = 15;
const HEAD_AGE_MIN = 18;

/** Households in ten thousand, in bands of five years from 15. */
const BANDS: Readonly<Record<HouseholdKind, readonly number[]>> = {
  single: [83, 376, 399, 273, 145, 100, 166, 293, 283, 271, 245, 302, 380, 312, 259, 163, 57],
  couple: [0, 17, 81, 90, 54, 35, 54, 115, 166, 217, 256, 320, 313, 190, 94, 31, 4],
  'parents-children': [0, 4, 34, 132, 278, 356, 395, 353, 217, 137, 98, 88, 67, 36, 16, 5],
  'one-parent': [0, 2, 5, 20, 60, 84, 93, 93, 70, 50, 48, 59, 77, 85, 80, 36],
  'child-with-parents': [0, 0, 0, 0, 7, 15, 31, 60, 75, 70, 36, 8],
  'three-generations': [0, 0, 0, 8, 18, 33, 44, 42, 27, 12],
  'three-generations-eldest': [0, 0, 0, 0, 0, 0, 0, 0, 6, 17, 31, 36, 30, 19, 8],
  siblings: [0, 7, 6, 3, 0, 0, 2, 5, 6, 5, 5, 5, 6, 4],
  lodger: [0, 7, 16, 15, 8, 5, 6, 8, 7, 5, 5, 5, 4],
};

/** Foreign residents are younger: mostly alone, some as couples and young families. */
const FOREIGN_BANDS: Readonly<Partial<Record<HouseholdKind, readonly number[]>>> = {
  single: [30, 190, 170, 110, 60, 40, 30, 20, 12, 8, 5, 4, 3, 1],
  couple: [0, 10, 30, 30, 20, 12, 8, 6, 5, 4, 3, 2],
  'parents-children': [0, 0, 10, 40, 50, 40, 25, 12],
  lodger: [0, 40, 40, 20, 8],
};

export const HOUSEHOLD_SHAPES = shapesOf(BANDS);
export const FOREIGN_HOUSEHOLD_SHAPES = shapesOf(FOREIGN_BANDS);

function shapesOf(bands: Partial<Record<HouseholdKind, readonly number[]>>): WeightedChoice<HouseholdShape> {
  const shapes: HouseholdShape[] = [];
  for (const kind of KINDS) {
    for (const [index, weight] of (bands[kind] ?? []).entries()) {
      const ageFrom = FIRST_BAND + index * BAND_YEARS;
      shapes.push({ kind, ageFrom: Math.max(ageFrom, HEAD_AGE_MIN), ageTo: ageFrom + BAND_YEARS, weight });
    }
  }
  return new WeightedChoice(shapes, (shape) => shape.weight);
}
