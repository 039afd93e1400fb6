/**
 * How the chip answers: as a chain of steps. It touches nothing itself; it says what is to be done next and how it goes on
 * with what came of it, so that “stored before compared” is in the order of the steps, where a test can see it.
 */
import type { CardRecord } from '../card-record.ts';
import type { Access } from './application.ts';
import type { Session } from './session.ts';
import { moreWord, type Status, wordOf } from './status-words.ts';

export type Step =
  /** The end: data and status word, and the session from now on. */
  | { readonly step: 'answer'; readonly session: Session; readonly data: Buffer; readonly word: number }
  /** Durable before it goes on. */
  | { readonly step: 'store'; readonly record: CardRecord; readonly next: () => Step }
  /** Whether the hash is of this PIN. */
  | {
      readonly step: 'compare';
      readonly pin: string;
      readonly hash: string;
      readonly next: (matches: boolean) => Step;
    }
  | { readonly step: 'hash'; readonly pin: string; readonly next: (hash: string) => Step }
  | { readonly step: 'draw'; readonly bytes: number; readonly next: (drawn: Buffer) => Step }
  /** RSA with a key of the card: `pkcs1` puts the block into type 1 padding, `none` takes it as it is. */
  | {
      readonly step: 'rsa';
      /** PKCS#8, base64 */
      readonly privateKey: string;
      readonly padding: 'pkcs1' | 'none';
      readonly block: Buffer;
      readonly next: (signature: Buffer) => Step;
    };

const NOTHING = Buffer.alloc(0);

export const answer = (session: Session, data: Buffer = NOTHING): Step => ({
  step: 'answer',
  session,
  data,
  word: wordOf('done'),
});

/** As much as was asked for; what is left waits for GET RESPONSE. */
export function answerInParts(session: Session, data: Buffer, expected: number | undefined): Step {
  const length = expected ?? 0;
  if (data.length <= length) return answer(session, data);
  const rest = data.subarray(length);
  const word = moreWord(rest.length);
  return { step: 'answer', session: { ...session, rest }, data: data.subarray(0, length), word };
}

export const answerWord = (session: Session, word: number): Step => ({
  step: 'answer',
  session,
  data: NOTHING,
  word,
});

export const refuse = (session: Session, status: Status): Step => answerWord(session, wordOf(status));

export const store = (record: CardRecord, next: () => Step): Step => ({ step: 'store', record, next });

/** Whether whoever showed the PINs of the session may. */
export const mayAccess = ({ shown }: Session, access: Access): boolean =>
  access === 'always' || (access !== 'never' && access.some((fid) => shown.includes(fid)));
