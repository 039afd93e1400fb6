/**
 * GET CHALLENGE and EXTERNAL AUTHENTICATE (ISO 7816-4 11.5.3 and 11.5.4): the factory proves itself by an AES-CMAC over the challenge
 * under the card’s transport key, and reads every file until the power is off. As soon as the holder has set a PIN
 * nobody does any more: the card has left the factory. The command and its key are ours.
 */
import { timingSafeEqual } from 'node:crypto';
import { aesCmac } from '@ishizue/card-applications';
import { type CardRecord, KEY_KINDS } from '../../card-record.ts';
import type { Asked } from '../asked.ts';
import { CHALLENGE_BYTES_MAX } from '../ours.ts';
import { answer, refuse, type Step } from '../step.ts';

const CHALLENGE_BYTES_MIN = 8;

export function getChallenge({ session, command: { p1, p2, expected, data } }: Asked): Step {
  if (p1 !== 0 || p2 !== 0) return refuse(session, 'parameters-wrong');
  if (expected === undefined || expected > CHALLENGE_BYTES_MAX || data.length > 0)
    return refuse(session, 'length-wrong');
  return {
    step: 'draw',
    bytes: expected,
    next: (drawn) => answer({ ...session, challenge: drawn }, drawn),
  };
}

export function externalAuthenticate({ record, session, command }: Asked): Step {
  const { challenge, ...spent } = session;
  const after = { ...spent, challenge: undefined }; // a challenge is answered once
  const { transportKey } = record;
  if (transportKey === undefined || !isInFactory(record)) return refuse(after, 'key-unknown');
  if (command.p1 !== 0 || command.p2 !== 0) return refuse(after, 'parameters-wrong');
  if (challenge === undefined || challenge.length < CHALLENGE_BYTES_MIN)
    return refuse(after, 'conditions-unmet');
  const expected = aesCmac(Buffer.from(transportKey, 'base64'), challenge);
  const isRight = command.data.length === expected.length && timingSafeEqual(command.data, expected);
  return isRight ? answer({ ...after, isFactory: true }) : refuse(after, 'not-authorised');
}

/** Until the holder has set the first PIN of a key. */
export const isInFactory = ({ keys }: CardRecord): boolean =>
  KEY_KINDS.every((kind) => (keys[kind]?.pin ?? null) === null);
