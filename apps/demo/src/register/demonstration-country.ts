/**
 * The demonstration country: eight municipalities in three prefectures, twenty thousand invented people. It has what
 * the real country has: a special ward, cities, two designated cities with wards (one reorganised in 2024), a town on an
 * island.
 */
import type { FixedResident } from './story-people.ts';
import { HARUKA, SHINICHI } from './story-people.ts';

export interface DemonstrationMunicipality {
  readonly code: string;
  readonly name: string;
  readonly people: number;
  /** Residents who are in every demonstration. */
  readonly fixed: readonly FixedResident[];
}

export const demonstrationCountry: readonly DemonstrationMunicipality[] = [
  { code: '131016', name: '千代田区', people: 2_000, fixed: [] },
  { code: '132217', name: '清瀬市', people: 2_500, fixed: [HARUKA, SHINICHI] },
  { code: '134015', name: '八丈町', people: 800, fixed: [] },
  { code: '141003', name: '横浜市', people: 6_000, fixed: [] },
  { code: '142042', name: '鎌倉市', people: 2_500, fixed: [] },
  { code: '221309', name: '浜松市', people: 4_000, fixed: [] },
  { code: '222054', name: '熱海市', people: 1_200, fixed: [] },
  { code: '222194', name: '下田市', people: 1_000, fixed: [] },
];
