/**
 * What a counter’s reader does to see the face: it selects 券面事項確認, shows what is printed on the card (照合番号B), and reads
 * 0002. It knows the chip by its octets only.
 */
import { fail, ok } from '@ishizue/outcome';
import type { CardResult } from '../card-code.ts';
import { isPinFormed } from '../pin-rules.ts';
import { encodeCommand } from './apdu.ts';
import { cardFace, FACE_FILE, FACE_NUMBER_B } from './applications/card-face.ts';
import { outcomeOf, type Transmitter } from './card-reader.ts';
import { must, readFile, SELECT_APPLICATION, SELECT_FILE, send } from './read-files.ts';

const VERIFY = [0x00, 0x20, 0x00, 0x80] as const;

/** File 0002 of 券面事項確認. @param numberB 14 digits: birth date, last year and security code, as they are printed */
export async function readFaceFile(card: Transmitter, numberB: string): Promise<CardResult<Buffer>> {
  if (!isPinFormed('number-b', numberB)) return fail('pin-malformed', 'what is printed are 14 digits');
  must(await send(card, encodeCommand(SELECT_APPLICATION, Buffer.from(cardFace.aid, 'hex'))));
  must(await send(card, encodeCommand(SELECT_FILE, fileNumber(FACE_NUMBER_B))));
  const shown = outcomeOf(await send(card, encodeCommand(VERIFY, Buffer.from(numberB, 'latin1'))));
  return shown.ok ? ok(await readFile(card, fileNumber(FACE_FILE))) : shown;
}

const fileNumber = (fid: number): Buffer => Buffer.of(fid >> 8, fid & 0xff);
