/**
 * Checks a transcript of a ceremony again, with nothing but its text: its hash, two different persons, and that the
 * certificate in it is the one whose hashes it states and signed itself. Whether it is the one that this house wrote, the
 * hash in the database and in the ledger says. Pure.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodePem, fingerprint, parseCertificate, publicKeyHash, verifySignature } from '@ishizue/x509';
import { hashOf, TRANSCRIPT_TITLE } from './transcript.ts';

export type TranscriptFailure =
  | 'transcript-malformed'
  /** The text is not the one that its last line is the hash of. */
  | 'transcript-altered'
  | 'second-person-needed'
  /** The certificate in it is not what is stated about it, or did not sign itself. */
  | 'certificate-differs';

export interface VerifiedTranscript {
  readonly ceremony: string;
  readonly act: string;
  /** `signature-2` */
  readonly of: string;
  readonly sha256: string;
  /** The hash of the transcript before it. */
  readonly previous: string | undefined;
}

const CHARACTERS_MAX = 100_000;

export function verifyTranscript(text: string): Result<VerifiedTranscript, TranscriptFailure> {
  if (text.length > CHARACTERS_MAX || !text.startsWith(`${TRANSCRIPT_TITLE}\n`))
    return fail('transcript-malformed', 'no transcript of a ceremony');
  const [, body, sha256] = /^([\s\S]*\n)sha-256 {7}([0-9a-f]{64})\n$/.exec(text) ?? [];
  if (body === undefined || sha256 === undefined)
    return fail('transcript-malformed', 'the last line is no hash');
  if (hashOf(body) !== sha256) return fail('transcript-altered', 'the hash is of another text');
  const [ceremony] = valuesOf(body, 'ceremony');
  const [act] = valuesOf(body, 'act');
  const [of] = valuesOf(body, 'of');
  const [previous] = valuesOf(body, 'previous');
  if (ceremony === undefined || act === undefined || of === undefined || previous === undefined)
    return fail('transcript-malformed', 'a heading is missing');
  const [first, second, ...more] = valuesOf(body, 'by');
  if (!first || !second || more.length > 0 || first === second)
    return fail('second-person-needed', 'one proposes and another approves');
  const certificate = checkCertificate(body);
  if (!certificate.ok) return certificate;
  return ok({
    ceremony,
    act: act.split(':')[0] ?? '',
    of,
    sha256,
    previous: previous === 'none' ? undefined : previous,
  });
}

/** The values of a heading, in order. */
function valuesOf(body: string, heading: string): readonly string[] {
  const begin = heading.padEnd(14);
  return body
    .split('\n')
    .filter((line) => line.startsWith(begin))
    .map((line) => line.slice(begin.length));
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

function checkCertificate(body: string): Result<undefined, 'certificate-differs'> {
  const blocks = decodePem('CERTIFICATE', body);
  const [der, ...more] = blocks.ok ? blocks.value : [];
  if (!der || more.length > 0) return fail('certificate-differs', 'not one certificate');
  const parsed = parseCertificate(der);
  if (!parsed.ok) return fail('certificate-differs', parsed.failure.code);
  const certificate = parsed.value;
  // the authority's stand first, those of its responders after them
  const isStated =
    valuesOf(body, 'spki sha-256')[0] === hex(publicKeyHash(certificate.publicKey)) &&
    valuesOf(body, 'cert sha-256')[0] === hex(fingerprint(certificate));
  if (!isStated) return fail('certificate-differs', 'another certificate than the one stated');
  return verifySignature(certificate, certificate.publicKey).ok
    ? ok(undefined)
    : fail('certificate-differs', 'it did not sign itself');
}
