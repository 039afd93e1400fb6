/**
 * What a file holds, by what is in it: a PDF, a CMS message or a certificate; and the verdict on it in one shape, for
 * people and for programs.
 */

import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type CertificateQuestion,
  type MessageVerdict,
  readForeignCertificate,
  type Step,
  type VerificationFailure,
  verifyCertificate,
  verifyPdf,
  verifySignedData,
} from '@ishizue/verification';
import { type Certificate, DerReader, formatSerialNumber } from '@ishizue/x509';
import { type InputFailure, messagesIn } from './read-inputs.ts';

/** A certificate as the report names it. */
interface Named {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

interface ReportedSigner {
  readonly certificate: Named | undefined;
  /** What the signer claims. */
  readonly signingTime: string | undefined;
  readonly failure: VerificationFailure | undefined;
  readonly policies: readonly string[];
}

export interface Report {
  readonly kind: 'certificate' | 'cms' | 'pdf';
  readonly valid: boolean;
  readonly failure: VerificationFailure | undefined;
  /** The instant for which the verdict holds. */
  readonly at: string;
  /** From the anchor down; of a message, that of its first signer. */
  readonly path: readonly Named[];
  readonly policies: readonly string[];
  readonly signers: readonly ReportedSigner[];
  readonly steps: readonly Step[];
}

/** What is asked of the file; the certificate in question is what the file holds. */
export type FileQuestion = Omit<CertificateQuestion, 'certificate'> & {
  readonly content?: Uint8Array | undefined;
};

const named = ({ subject, issuer, serial, notBefore, notAfter }: Certificate): Named => ({
  subject: subject.toString(),
  issuer: issuer.toString(),
  serial: formatSerialNumber(serial),
  notBefore: new Date(notBefore).toISOString(),
  notAfter: new Date(notAfter).toISOString(),
});

const isPdf = (octets: Uint8Array): boolean => Buffer.from(octets.subarray(0, 1024)).includes('%PDF-');

/** ContentInfo begins with an object identifier, a certificate with a SEQUENCE. BER or DER. */
function isMessage(der: Uint8Array): boolean {
  const OBJECT_IDENTIFIER = 0x06;
  if (der[0] === 0x30 && der[1] === 0x80) return der[2] === OBJECT_IDENTIFIER;
  const reader = new DerReader(der, der.length);
  reader.enterSequence();
  return reader.peek() === OBJECT_IDENTIFIER;
}

/** The verdict on a file, or why nothing can be said of it. */
export async function verifyFile(
  octets: Uint8Array,
  question: FileQuestion,
): Promise<Result<Report, InputFailure>> {
  const { content, ...asked } = question;
  if (isPdf(octets)) {
    if (content !== undefined) return fail('cms-content-twice', 'a PDF has its content in it');
    return ok(ofMessage('pdf', question.at, await verifyPdf({ ...asked, file: octets })));
  }
  const messages = messagesIn(octets, 'CMS', 'PKCS7', 'CERTIFICATE');
  if (!messages.ok) return messages;
  const [first, ...others] = messages.value;
  if (first === undefined) return fail('empty', 'an empty file');
  if (isMessage(first)) {
    const outside = content === undefined ? undefined : [content];
    const verdict = await verifySignedData({ ...asked, message: first, content: outside });
    return verdict.ok ? ok(ofMessage('cms', question.at, verdict.value)) : verdict;
  }
  return verifyOne(first, others, asked);
}

/** A certificate; those that follow it in its file may belong to its path. */
async function verifyOne(
  der: Uint8Array,
  others: readonly Uint8Array[],
  question: Omit<CertificateQuestion, 'certificate'>,
): Promise<Result<Report, InputFailure>> {
  const certificate = readForeignCertificate(der);
  if (!certificate.ok) return certificate;
  const more: Certificate[] = [];
  for (const each of others) {
    const parsed = readForeignCertificate(each);
    if (!parsed.ok) return parsed;
    more.push(parsed.value);
  }
  const chain = [...question.chain, ...more];
  const verdict = await verifyCertificate({ ...question, certificate: certificate.value, chain });
  return ok({
    kind: 'certificate',
    valid: verdict.failure === undefined,
    failure: verdict.failure,
    at: new Date(question.at).toISOString(),
    path: verdict.path.map(named),
    policies: verdict.policies,
    signers: [],
    steps: verdict.steps,
  });
}

function ofMessage(kind: 'cms' | 'pdf', at: number, verdict: MessageVerdict): Report {
  const [first] = verdict.signers;
  return {
    kind,
    valid: verdict.failure === undefined,
    failure: verdict.failure,
    at: new Date(at).toISOString(),
    path: first?.path.map(named) ?? [],
    policies: first?.policies ?? [],
    signers: verdict.signers.map(({ certificate, signingTime, failure, policies }) => ({
      certificate: certificate && named(certificate),
      signingTime: signingTime === undefined ? undefined : new Date(signingTime).toISOString(),
      failure,
      policies,
    })),
    steps: verdict.steps,
  };
}

const MARKS: Readonly<Record<Step['outcome'], string>> = { passed: '✔', failed: '✖', 'not-asked': '–' };

const stepLine = ({ about, check, clause, outcome, code, detail }: Step): string => {
  const why = [code, detail].filter((part) => part !== undefined && part !== '').join(': ');
  const left = outcome === 'not-asked' ? ' (not asked)' : '';
  return `${MARKS[outcome]} ${check}${left} [${clause}] ${about}${why === '' ? '' : ` — ${why}`}`;
};

/** The report for people: each step, who signed, and the verdict last. */
export function reportText({ kind, failure, at, path, policies, signers, steps }: Report): string {
  const who = signers.map(
    ({ certificate, signingTime }) =>
      `signed by ${certificate?.subject ?? 'nobody known'}${signingTime === undefined ? '' : `, who says at ${signingTime}`}`,
  );
  const chain = path.length === 0 ? [] : [`path: ${path.map(({ subject }) => subject).join(' → ')}`];
  const through = policies.length === 0 ? [] : [`policies: ${policies.join(' ')}`];
  const verdict =
    failure === undefined
      ? `valid: the ${kind} holds at ${at}`
      : `✗ invalid at ${at}: ${failure.code}: ${failure.detail}`;
  return [...steps.map(stepLine), ...who, ...chain, ...through, verdict].join('\n');
}
