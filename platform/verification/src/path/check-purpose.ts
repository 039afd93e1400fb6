/**
 * Whether a path is for a purpose (RFC 5280 4.2.1.12): the certificate's extKeyUsage, where it has one, names it or any, and so
 * do those of the authorities on the way, as TLS libraries read them; keyUsage, where there is one, has a bit that the
 * purpose needs. A certificate without extKeyUsage is for every purpose.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Certificate, KEY_PURPOSE_OIDS, type KeyUsage } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { describe, type Trail } from '../report.ts';
import type { PathQuestion } from './path-question.ts';

/** Which bits of keyUsage may go with a purpose; one is enough. Of other purposes nothing is said. */
const KEY_USAGES = new Map<string, readonly KeyUsage[]>([
  [KEY_PURPOSE_OIDS.serverAuth, ['digitalSignature', 'keyEncipherment', 'keyAgreement']],
  [KEY_PURPOSE_OIDS.clientAuth, ['digitalSignature', 'keyAgreement']],
  [KEY_PURPOSE_OIDS.codeSigning, ['digitalSignature']],
  [
    KEY_PURPOSE_OIDS.emailProtection,
    ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'],
  ],
  [KEY_PURPOSE_OIDS.timeStamping, ['digitalSignature', 'nonRepudiation']],
  [KEY_PURPOSE_OIDS.ocspSigning, ['digitalSignature', 'nonRepudiation']],
]);

const names = ({ known }: Certificate, purpose: string): boolean =>
  known.extKeyUsage === undefined ||
  known.extKeyUsage.includes(purpose) ||
  known.extKeyUsage.includes(KEY_PURPOSE_OIDS.any);

function checkPurpose(
  path: readonly Certificate[],
  purpose: string,
): Result<undefined, VerificationFailureCode> {
  const last = path.at(-1);
  const other = path.find((certificate) => !names(certificate, purpose));
  if (other !== undefined)
    return fail(
      'purpose-refuses',
      `extKeyUsage ${other === last ? '' : 'of an authority '}without ${purpose}: ${other.known.extKeyUsage?.join(' ') ?? ''}`,
    );
  const needed = KEY_USAGES.get(purpose);
  const given = last?.known.keyUsage;
  return needed === undefined || given === undefined || needed.some((usage) => given.includes(usage))
    ? ok(undefined)
    : fail('key-usage-refuses', `keyUsage without ${needed.join(' or ')}`);
}

/** @param path from below the anchor down to the certificate in question */
export function notePurpose(
  path: readonly Certificate[],
  { purpose }: Pick<PathQuestion, 'purpose'>,
  trail: Trail,
): Result<undefined, VerificationFailureCode> {
  const last = path.at(-1);
  if (purpose === undefined || last === undefined) return ok(undefined);
  return trail.note(describe(last), 'for the purpose', 'RFC 5280 4.2.1.12', checkPurpose(path, purpose));
}
