/** What a transparent EF holds: what the factory wrote, or what follows from the keys and certificates of the card. */
import type { CardRecord, KeyKind } from '../card-record.ts';
import { fileId, type TransparentFile } from './application.ts';
import type { MeantFile } from './asked.ts';
import { findLoaded, isLoadedName } from './free-area/loaded-application.ts';
import {
  ABSENT,
  PRESENCE_TAIL,
  PRESENT,
  TOKEN_FLAGS,
  TOKEN_INFO_BYTES,
  TOKEN_LABEL_BYTES,
  TOKEN_NUMBERS_AT,
  TOKEN_PIN_BYTES,
} from './ours.ts';

const TOKEN_LABEL = 'JPKIAPICCTOKEN2';
const UNAVAILABLE = 0xffff_ffff;

/** Empty where nothing was written. */
export function contentOf(record: CardRecord, { application, file }: MeantFile<TransparentFile>): Buffer {
  const { content } = file;
  if (isLoadedName(application)) {
    const fid = file.fid.toString(16).padStart(4, '0');
    return Buffer.from(findLoaded(record, application)?.files[fid]?.content ?? '', 'base64');
  }
  if (content === 'written')
    return Buffer.from(record.files?.[fileId(application, file.fid)] ?? '', 'base64');
  if (content === 'token-info') return tokenInfo();
  return content === 'certificates-present'
    ? certificatesPresent(record)
    : Buffer.from(record.keys[content.certificateOf]?.certificate ?? '', 'base64');
}

function tokenInfo(): Buffer {
  const info = Buffer.alloc(TOKEN_INFO_BYTES);
  info.fill(' ', 0, TOKEN_NUMBERS_AT).write(TOKEN_LABEL.padEnd(TOKEN_LABEL_BYTES, ' '), 'latin1');
  // flags; sessions and those that write, now and at most: not told; PIN lengths; memory: not told; versions; no clock
  const sessions = [0, UNAVAILABLE, 0, UNAVAILABLE];
  const memory = [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE];
  for (const [at, number] of [TOKEN_FLAGS, ...sessions, ...TOKEN_PIN_BYTES, ...memory].entries())
    info.writeUInt32BE(number, TOKEN_NUMBERS_AT + at * 4);
  return info;
}

/** In the order of their files: the signature certificate, then the authentication certificate. */
function certificatesPresent({ keys }: CardRecord): Buffer {
  const mark = (kind: KeyKind): number => (typeof keys[kind]?.certificate === 'string' ? PRESENT : ABSENT);
  return Buffer.of(mark('signature'), mark('authentication'), PRESENCE_TAIL);
}
