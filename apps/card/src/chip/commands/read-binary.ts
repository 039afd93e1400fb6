/**
 * READ BINARY (ISO 7816-4 11.3.3) of the EF selected, at an offset of 15 bits, or of one named by its short identifier, at
 * an offset of 8, which then is selected. Where less is left than was asked for, what is left comes.
 */
import type { TransparentFile } from '../application.ts';
import { type Asked, type MeantFile, meantFile } from '../asked.ts';
import { contentOf } from '../content-of.ts';
import { answer, mayAccess, refuse, type Step } from '../step.ts';
import { isInFactory } from './external-authenticate.ts';

const BY_SHORT_IDENTIFIER = 0x80;

export function readBinary(asked: Asked): Step {
  const { session, command } = asked;
  const isShort = (command.p1 & BY_SHORT_IDENTIFIER) !== 0;
  const meant = meantFile(asked, isShort ? command.p1 : BY_SHORT_IDENTIFIER, 'transparent');
  if (typeof meant === 'string') return refuse(session, meant);
  if (command.data.length > 0 || command.expected === undefined) return refuse(session, 'length-wrong');
  const offset = isShort ? command.p2 : (command.p1 << 8) | command.p2;
  return readAt(asked, meant, offset, command.expected);
}

function readAt(
  { record, session }: Asked,
  meant: MeantFile<TransparentFile>,
  offset: number,
  length: number,
): Step {
  const selected = { ...session, fid: meant.file.fid };
  const isFactorys = session.isFactory && isInFactory(record);
  if (!isFactorys && !mayAccess(session, meant.file.read)) return refuse(selected, 'not-authorised');
  const content = contentOf(record, meant);
  if (offset >= content.length) return refuse(selected, 'past-the-end');
  return answer(selected, content.subarray(offset, offset + length));
}
