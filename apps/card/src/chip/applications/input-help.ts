/**
 * 券面事項入力補助 (text input help): the number and the four items as text. The PIN of four digits opens both; the number
 * itself (照合番号A) opens the number, what is printed on the face (照合番号B) opens the four items.
 */
import type { Application } from '../application.ts';
import { CERTIFICATE_BYTES_MAX, FILE_BYTES_MAX } from '../ours.ts';

const PIN = 0x0011;
const NUMBER_A = 0x0014;
const NUMBER_B = 0x0015;
const written = { kind: 'transparent', content: 'written', from: 'formats' } as const;

export const inputHelp: Application = {
  name: 'input-help',
  aid: 'D3921000310001010408',
  files: [
    { ...written, fid: 0x0001, read: [PIN, NUMBER_A], bytesMax: 17 },
    { ...written, fid: 0x0002, read: [PIN, NUMBER_B], bytesMax: FILE_BYTES_MAX },
    // which PIN opens the signature is not surveyed: whoever may read either of the two that it is over
    { ...written, fid: 0x0003, read: [PIN, NUMBER_A, NUMBER_B], bytesMax: 1_024 },
    { ...written, fid: 0x0004, read: 'always', bytesMax: CERTIFICATE_BYTES_MAX },
    { ...written, fid: 0x0005, read: 'always', bytesMax: 256, from: 'one-list' },
    { kind: 'pin', fid: PIN, rule: 'input-help', change: 'change-reference-data', from: 'formats' },
    { kind: 'pin', fid: NUMBER_A, rule: 'number-a', change: 'never', from: 'formats' },
    { kind: 'pin', fid: NUMBER_B, rule: 'number-b', change: 'never', from: 'formats' },
  ],
};
