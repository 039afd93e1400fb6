/**
 * The terms of a verifier: what kind it is, which certificates it may check and how, which services besides status it is
 * entitled to, for which purpose (JPKI Act 17, 36; docs/flows/verifiers.md step 1). Parsed at the door, pure.
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodePem, KEY_PURPOSE_OIDS, parseCertificate } from '@ishizue/x509';
import { z } from 'zod';
import { CARD_KINDS } from '../profile/certificate-kind.ts';

/** Administrative bodies, courts, bodies named by law, accredited and approved authorities, approved operators, firms. */
export const VERIFIER_KINDS = [
  'administrative',
  'court',
  'designated-body',
  'accredited-ca',
  'approved-ca',
  'platform-operator',
  /** Entrusts everything to a platform operator, by whose connection it comes. */
  'delegating-firm',
] as const;
export type VerifierKind = (typeof VERIFIER_KINDS)[number];

export const VERIFIER_SERVICES = [
  'older-serials',
  'newer-serials',
  'other-certificate',
  'latest-attributes',
] as const;
export type VerifierService = (typeof VERIFIER_SERVICES)[number];

export const VERIFIER_NAME = /^(?!.*\d{10})verifier\/[a-z0-9-]{1,40}$/;
export const verifierName = z.string().regex(VERIFIER_NAME);

const setOf = <Word extends string>(words: readonly [Word, ...Word[]]) =>
  z
    .array(z.enum(words))
    .max(words.length)
    .refine((given) => new Set(given).size === given.length, 'named twice');

/** One line that holders can be shown: no control, no direction mark, no line of its own. */
const text = (bytesMax: number) =>
  z
    .string()
    .refine(
      (given) =>
        given.trim() !== '' && Buffer.byteLength(given) <= bytesMax && !/[\p{C}\p{Zl}\p{Zp}]/u.test(given),
    );

/** That of an Ed25519 key has some hundred characters. */
export const PEM_MAX = 10_000;

export const verifierTerms = z.strictObject({
  kind: z.enum(VERIFIER_KINDS),
  title: text(300),
  purpose: text(1000).meta({ description: 'What the verifier checks certificates for; holders read it' }),
  contact: text(300),
  feeClass: z.enum(['free', 'per-answer']),
  certificateKinds: setOf(CARD_KINDS),
  methods: setOf(['crl', 'ocsp']),
  services: setOf(VERIFIER_SERVICES),
  entrustedTo: verifierName.nullable().meta({ description: 'Of a delegating firm: its platform operator' }),
  clientCertificate: z
    .string()
    .max(PEM_MAX)
    .nullable()
    .meta({ description: 'With an Ed25519 key, in PEM; a delegating firm has none' }),
});

export type VerifierTerms = z.infer<typeof verifierTerms>;

export type TermsFailure = 'verifier-terms-contradict' | 'client-certificate-unsuitable';

/** A client certificate as it is kept. */
export interface ClientCertificate {
  readonly der: Buffer;
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly endsAt: number;
}

/** Terms that do not contradict themselves, with the client certificate read; undefined where a firm has none. */
export function checkTerms(
  terms: VerifierTerms,
  now: number,
): Result<ClientCertificate | undefined, TermsFailure> {
  const contradiction = findContradiction(terms);
  if (contradiction !== undefined) return fail('verifier-terms-contradict', contradiction);
  return terms.clientCertificate === null
    ? ok(undefined)
    : readClientCertificate(terms.clientCertificate, now);
}

function findContradiction(terms: VerifierTerms): string | undefined {
  const { kind, certificateKinds, methods, services, entrustedTo, clientCertificate } = terms;
  const isFirm = kind === 'delegating-firm';
  if (isFirm !== (entrustedTo !== null)) return 'a delegating firm, and no other, names its operator';
  if (isFirm !== (clientCertificate === null)) return 'all but delegating firms have a client certificate';
  if (certificateKinds.length === 0 || methods.length === 0) return 'a certificate kind and a method';
  if (services.includes('other-certificate') && certificateKinds.length < CARD_KINDS.length)
    return 'the other certificate of a card is for those who may see both kinds';
  if (services.includes('latest-attributes') && !certificateKinds.includes('signature'))
    return 'the attributes are those of the signature certificate';
  return undefined;
}

function readClientCertificate(
  pem: string,
  now: number,
): Result<ClientCertificate, 'client-certificate-unsuitable'> {
  const refused = (why: string) => fail('client-certificate-unsuitable', why);
  const blocks = decodePem('CERTIFICATE', pem);
  const [der, ...more] = blocks.ok ? blocks.value : [];
  if (der === undefined || more.length > 0) return refused('one certificate in PEM');
  const parsed = parseCertificate(der);
  if (!parsed.ok) return refused(parsed.failure.code);
  const { publicKey, notBefore, notAfter, known } = parsed.value;
  if (publicKey.type !== 'ed25519') return refused('requests are signed with Ed25519 keys');
  if (now < notBefore || now > notAfter) return refused('not in date');
  if (known.extKeyUsage && !known.extKeyUsage.includes(KEY_PURPOSE_OIDS.clientAuth))
    return refused('not for clients');
  return ok({
    der: Buffer.from(der),
    publicKey: Buffer.from(publicKey.keyOctets),
    fingerprint: createHash('sha256').update(der).digest('hex'),
    endsAt: notAfter,
  });
}
