/**
 * The signing command 80 2A with its six modes: which part of hashing and padding the card does. RSA-2048: PKCS #1 v1.5 and
 * PSS (RFC 8017), SHA-256 only. The key is the EF selected, or one by its short identifier.
 */
import { hash } from 'node:crypto';
import { type Asked, meantFile } from '../asked.ts';
import { encodePss } from '../encode-pss.ts';
import { PSS_SALT_BYTES } from '../ours.ts';
import { answerInParts, mayAccess, refuse, type Step } from '../step.ts';

const HASH_BYTES = 32;
/** A type 1 block of a 2048-bit key leaves as much. */
const BARE_BYTES_MAX = 245;
/** DigestInfo of SHA-256 up to the hash (RFC 8017 9.2, note 1). */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

interface Mode {
  readonly input: 'block' | 'message' | 'hash';
  readonly padding: 'bare' | 'digest-info' | 'pss';
}

/** By P1. */
const MODES: Readonly<Record<number, Mode>> = {
  0x00: { input: 'block', padding: 'bare' },
  0x01: { input: 'message', padding: 'bare' },
  0x02: { input: 'hash', padding: 'digest-info' },
  0x03: { input: 'message', padding: 'digest-info' },
  0x04: { input: 'hash', padding: 'pss' },
  0x05: { input: 'message', padding: 'pss' },
};

export function sign(asked: Asked): Step {
  const { record, session, command } = asked;
  const mode = MODES[command.p1];
  if (!mode) return refuse(session, 'parameters-wrong');
  const meant = meantFile(asked, command.p2, 'key');
  if (typeof meant === 'string') return refuse(session, meant);
  const slot = record.keys[meant.file.key];
  if (!slot) return refuse(session, 'conditions-unmet');
  if (!mayAccess(session, meant.file.use)) return refuse(session, 'not-authorised');
  const input = inputOf(mode, command.data);
  if (!input) return refuse(session, 'data-wrong');
  const { privateKey } = slot;
  const next = (signature: Buffer): Step => answerInParts(session, signature, command.expected);
  if (mode.padding !== 'pss') {
    const block = mode.padding === 'bare' ? input : Buffer.concat([DIGEST_INFO, input]);
    return { step: 'rsa', privateKey, padding: 'pkcs1', block, next };
  }
  return {
    step: 'draw',
    bytes: PSS_SALT_BYTES,
    next: (salt) => ({ step: 'rsa', privateKey, padding: 'none', block: encodePss(input, salt), next }),
  };
}

function inputOf({ input }: Mode, data: Buffer): Buffer | undefined {
  if (input === 'message') return data.length > 0 ? hash('sha256', data, 'buffer') : undefined;
  if (input === 'hash') return data.length === HASH_BYTES ? data : undefined;
  return data.length > 0 && data.length <= BARE_BYTES_MAX ? data : undefined;
}
