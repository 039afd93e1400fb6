/**
 * 券面事項確認 (card face check): the images of the face and the photo, to compare with what is printed. Opened by what is
 * printed on the card: 照合番号B, or 照合番号A where the number is to be seen too.
 */
import type { Application } from '../application.ts';
import { CERTIFICATE_BYTES_MAX, FILE_BYTES_MAX } from '../ours.ts';

/** The images of the face, and the PIN that they open to. */
export const FACE_FILE = 0x0002;
export const FACE_NUMBER_B = 0x0012;
const NUMBER_A = 0x0013;
const written = { kind: 'transparent', content: 'written', from: 'formats' } as const;

export const cardFace: Application = {
  name: 'card-face',
  aid: 'D3921000310001010402',
  files: [
    { ...written, fid: 0x0001, read: [NUMBER_A, FACE_NUMBER_B], bytesMax: 1_024 },
    { ...written, fid: FACE_FILE, read: [NUMBER_A, FACE_NUMBER_B], bytesMax: FILE_BYTES_MAX },
    { ...written, fid: 0x0003, read: 'always', bytesMax: 1_024 },
    { ...written, fid: 0x0004, read: 'always', bytesMax: CERTIFICATE_BYTES_MAX, from: 'one-list' },
    { ...written, fid: 0x0005, read: [NUMBER_A], bytesMax: FILE_BYTES_MAX },
    { kind: 'pin', fid: FACE_NUMBER_B, rule: 'number-b', change: 'never', from: 'one-list' },
    { kind: 'pin', fid: NUMBER_A, rule: 'number-a', change: 'never', from: 'one-list' },
  ],
};
