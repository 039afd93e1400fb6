/** Authorities, lists and constraints for the tests of verification, on the keys of `@ishizue/x509/testing`. */
import { sign } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import {
  assembleSigned,
  basicConstraints,
  type Certificate,
  type Crl,
  type CrlEntry,
  crlNumber,
  derTag,
  EXTENSION_OIDS,
  type Extension,
  encodeExtension,
  encodeTbsCertList,
  keyUsage,
  parseCrl,
  signatureAlgorithm,
  subjectKeyIdentifier,
} from '@ishizue/x509';
import {
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  type TestKey,
  testName,
} from '@ishizue/x509/testing';
import { type CertificateQuestion, verifyCertificate } from '../verify-certificate.ts';

export const NOW = Date.parse('2026-04-01T00:00:00Z');

/** An authority below another, with extensions besides those that make it one. */
export function issueAuthority(
  issuer: Issued,
  name: string,
  more: readonly Extension[] = [],
  key: TestKey = makeKey('p256'),
): Issued {
  const extensions = [
    keyUsage(['keyCertSign', 'cRLSign']),
    basicConstraints({ ca: true }),
    authorityOf(issuer),
    subjectKeyIdentifier(keyIdOf(key)),
    ...more,
  ];
  return issue(issuer, { subject: testName(name), extensions }, key);
}

/** A list signed by an authority; of everything where no extension says otherwise. */
export function issueList(
  issuer: Issued,
  entries: readonly CrlEntry[] = [],
  extensions: readonly Extension[] = [],
): Crl {
  const algorithm = signatureAlgorithm(issuer.key.type);
  const tbs = encodeTbsCertList(
    {
      signatureAlgorithm: algorithm,
      issuer: issuer.certificate.subject,
      thisUpdate: NOW - 60_000,
      nextUpdate: NOW + 86_400_000,
      extensions: [crlNumber(1n), ...extensions],
    },
    entries,
  );
  const signature = sign(algorithm.digest, tbs, issuer.key.privateKey);
  return mustSucceed(parseCrl(assembleSigned(tbs, algorithm, signature)), 'a list');
}

/** nameConstraints of one subtree, as the content of its GeneralName under the form's tag. */
export const nameConstraint = (kind: 'permitted' | 'excluded', tag: number, content: Uint8Array): Extension =>
  encodeExtension(EXTENSION_OIDS.nameConstraints, true, (writer) =>
    writer.sequence(() =>
      writer.wrap(derTag.contextConstructed(kind === 'permitted' ? 0 : 1), () =>
        writer.sequence(() => writer.element(tag, content)),
      ),
    ),
  );

export const certificatesOf = (...issued: readonly Issued[]): Certificate[] =>
  issued.map(({ certificate }) => certificate);

/** The code of a verdict, `valid` where there is none; revocation is not asked unless a list is given. */
export async function codeOf(
  question: Partial<CertificateQuestion> & Pick<CertificateQuestion, 'certificate' | 'anchors'>,
): Promise<string> {
  const { failure } = await verifyCertificate({
    chain: [],
    crls: [],
    asksStatus: (question.crls ?? []).length > 0,
    at: NOW,
    ...question,
  });
  return failure?.code ?? 'valid';
}
