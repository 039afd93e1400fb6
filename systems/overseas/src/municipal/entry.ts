/** An entry of the supplementary family register (戸籍の附票, 住民基本台帳法 art. 17), one a person and municipality. */
import type { IsoDate } from '@ishizue/clock';
import type { Sex } from '@ishizue/registry';

/** What of an entry climbs the tiers. */
export type EntryIdentity = Pick<
  SupplementaryEntry,
  | 'municipality'
  | 'residentCode'
  | 'state'
  | 'name'
  | 'address'
  | 'isOverseas'
  | 'birthDate'
  | 'sex'
  | 'sequence'
>;

export interface SupplementaryEntry {
  /** Municipality of domicile, six digits. */
  readonly municipality: string;
  readonly residentCode: string;
  /** A deleted entry is kept. */
  readonly state: 'current' | 'deleted';
  /** 戸籍の表示: the domicile and the head of the family register. */
  readonly familyRegister: string;
  readonly familyRegisterHead: string;
  /** As the family register has it. */
  readonly name: string;
  /** Null of an overseas mover. */
  readonly address: string | null;
  readonly isOverseas: boolean;
  /** Of an overseas mover the planned day of departure. */
  readonly addressFixedOn: IsoDate;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
  /** Of the entry's changes, from 1. */
  readonly sequence: number;
  /** Municipality of residence that the entry is from; null where the address names none of today. */
  readonly residence: string | null;
  /** Of the person's events there as last told; null before the first notice. */
  readonly residenceSequence: number | null;
  /** Since when it is so. */
  readonly since: IsoDate;
}
