/**
 * A resident as the municipality's register holds one (住民票, 住民基本台帳法 art. 7). One record a person and municipality:
 * who returns gets the old record on with a new entry.
 */
import type { IsoDate } from '@ishizue/clock';
import type { ResidenceStatus, Sex } from '../identity/event-reason.ts';
import type { SealedNumber } from '../numbers/number-cipher.ts';

/** Where someone lives inside the municipality. */
export interface ResidentialAddress {
  /** Six-digit code of the ward in a designated city. */
  readonly wardCode: string | null;
  readonly postalCode: string | null;
  readonly town: string;
  /** `12番地3` or `4番5号`. */
  readonly lot: string;
  readonly building: string | null;
}

/** What identifies a person, apart from address and codes. */
export interface PersonalDetails {
  /** Family and given name with U+3000 between. */
  readonly name: string;
  readonly nameKana: string;
  readonly formerSurname: string | null;
  readonly formerSurnameKana: string | null;
  readonly alias: string | null;
  readonly aliasKana: string | null;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
  /** ISO 3166-1 alpha-3. */
  readonly nationality: string;
  readonly residenceStatus: string | null;
  readonly stayExpiresOn: IsoDate | null;
  readonly domicile: string | null;
  readonly familyRegisterHead: string | null;
}

export interface Resident extends PersonalDetails, ResidentialAddress {
  readonly municipality: string;
  readonly residentNumber: string;
  readonly residentCode: string;
  readonly individualNumber: SealedNumber | null;
  readonly status: ResidenceStatus;
  readonly householdNumber: string;
  readonly relationship: string;
  readonly becameResidentOn: IsoDate;
  readonly addressFixedOn: IsoDate;
  readonly previousAddress: string | null;
  readonly endedOn: IsoDate | null;
  readonly movedTo: string | null;
  readonly sequence: number;
}
