/** What a card says of its holder and of itself, in whatever form its files have it. */
import type { IsoDate } from '@ishizue/clock';
import type { Sex } from '@ishizue/registry';

export interface PersonOnCard {
  /** 16 of A–Z and 0–9. */
  readonly cardId: string;
  readonly residentCode: string;
  readonly individualNumber: string;
  readonly name: string;
  readonly formerSurname: string | null;
  readonly alias: string | null;
  readonly address: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
  /** Six digits. */
  readonly municipality: string;
  readonly expiresOn: IsoDate;
  /** The four digits that are printed on the face. */
  readonly securityCode: string;
  /** A JPEG 2000 file; undefined of whoever has none (below one year of age). */
  readonly photo: Uint8Array | undefined;
}

/** `19800217`: how files have a date. */
export const eightDigits = (date: string): string => date.replaceAll('-', '');

/** 照合番号A: the individual number. */
export const numberA = ({ individualNumber }: PersonOnCard): string => individualNumber;

/** 照合番号B: the birth date in six digits, the year of expiry, and the security code: all printed on the face. */
export const numberB = ({ birthDate, expiresOn, securityCode }: PersonOnCard): string =>
  `${eightDigits(birthDate).slice(2)}${expiresOn.slice(0, 4)}${securityCode}`;
