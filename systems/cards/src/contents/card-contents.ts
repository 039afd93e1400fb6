/** What a card carries besides its keys and certificates, as octets: the files of the applications and the two 照合番号. */

export interface CardContents {
  /** By application and EF: `input-help/0001`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** 12 digits. */
  readonly numberA: string;
  /** 14 digits. */
  readonly numberB: string;
}

/** The files that a card of the house has, as they are named there. */
export const CONTENT_FILES = {
  number: 'input-help/0001',
  attributes: 'input-help/0002',
  textSignature: 'input-help/0003',
  textCertificate: 'input-help/0004',
  faceBirth: 'card-face/0001',
  faceImages: 'card-face/0002',
  faceVersion: 'card-face/0003',
  faceCertificate: 'card-face/0004',
  faceNumber: 'card-face/0005',
  residentCode: 'resident-registry/0001',
  cardId: 'common/0001',
} as const;

export type ContentFile = keyof typeof CONTENT_FILES;
