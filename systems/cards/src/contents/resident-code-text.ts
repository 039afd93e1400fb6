/** 住基 0001: the resident code, `FF10 0B` and eleven digits. Only AID and PIN of this application are public: the file is ours. */
import { encodeTlv, valueOf } from './ber-tlv.ts';

const RESIDENT_CODE = 0xff10;

export const encodeResidentCode = (residentCode: string): Buffer =>
  encodeTlv(RESIDENT_CODE, Buffer.from(residentCode, 'latin1'));

export const readResidentCode = (file: Uint8Array): string | undefined =>
  valueOf(file, RESIDENT_CODE)?.toString('latin1');
