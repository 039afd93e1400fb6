/** What breaks each rule on lists of revoked certificates and on OCSP answers. */
import {
  attribute,
  authorityKeyIdentifier,
  type CrlEntry,
  crlNumber,
  type Extension,
  encodeCertId,
  encodeName,
  encodeResponseData,
  encodeTbsCertList,
  issuingDistributionPoint,
  keyIdentifier,
  type ResponseDataSpec,
  serialNumber,
  signatureAlgorithm,
  type TbsCertListSpec,
} from '@ishizue/x509';
import { distributionPointName, testProfile as profile } from '../profile/jpki-profile.ts';
import { sample, signer } from './planted.ts';

/** Octets that a rule refuses. */
export interface PlantedOctets {
  readonly rule: string;
  readonly what: string;
  readonly tbs: Uint8Array;
}

const entry: CrlEntry = { serial: serialNumber(5), revokedAt: sample.notBefore, reason: 'certificateHold' };
const key = authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) });
const pointOf = (kind: 'signature' | 'authentication') => [distributionPointName(profile, kind, sample.area)];
const SCOPE = issuingDistributionPoint({ fullName: pointOf('signature') });

const list = (
  changes: Partial<TbsCertListSpec> = {},
  entries: readonly CrlEntry[] = [],
  scope: readonly Extension[] = [SCOPE],
): Uint8Array =>
  encodeTbsCertList(
    {
      signatureAlgorithm: signatureAlgorithm('rsa'),
      issuer: sample.issuing('signature').name,
      thisUpdate: sample.notBefore,
      nextUpdate: sample.notBefore + 86_400_000,
      extensions: [key, crlNumber(1n), ...scope],
      ...changes,
    },
    entries,
  );

export const goodLists: readonly Uint8Array[] = [list(), list({}, [entry]), list({}, [entry], [])];

const SCOPE_RULE = 'scope-of-a-list-is-the-directory-name-of-an-area';
const EXTENSIONS_RULE = 'list-extensions-are-those-of-the-profile';
/** What a delta list says of the complete one that it goes with. */
const DELTA: Extension = { oid: '2.5.29.27', critical: true, value: Buffer.from('020101', 'hex') };

export const listViolations: readonly PlantedOctets[] = [
  {
    rule: 'list-signature-algorithm-is-that-of-the-authority-key',
    what: 'ECDSA named, under an RSA key',
    tbs: list({ signatureAlgorithm: signatureAlgorithm('p256') }),
  },
  {
    rule: 'list-is-an-authoritys',
    what: 'a name that is no authority’s',
    tbs: list({ issuer: encodeName([attribute('CN', 'X')]) }),
  },
  {
    rule: 'list-names-the-signing-key',
    what: 'the identifier of another key',
    tbs: list({ extensions: [authorityKeyIdentifier({ keyIdentifier: Buffer.alloc(20) }), crlNumber(1n)] }),
  },
  {
    rule: 'next-list-comes-within-a-week',
    what: 'eight days',
    tbs: list({ nextUpdate: sample.notBefore + 8 * 86_400_000 }),
  },
  {
    rule: SCOPE_RULE,
    what: 'the point of the other kind',
    tbs: list({}, [], [issuingDistributionPoint({ fullName: pointOf('authentication') })]),
  },
  {
    rule: SCOPE_RULE,
    what: 'an indirect list',
    tbs: list({}, [], [issuingDistributionPoint({ fullName: pointOf('signature'), indirectCrl: true })]),
  },
  { rule: EXTENSIONS_RULE, what: 'a delta list', tbs: list({}, [], [SCOPE, DELTA]) },
  { rule: EXTENSIONS_RULE, what: 'a scope not critical', tbs: list({}, [], [{ ...SCOPE, critical: false }]) },
  {
    rule: 'reasons-are-those-of-the-practice-statement',
    what: 'privilegeWithdrawn',
    tbs: list({}, [{ ...entry, reason: 'privilegeWithdrawn' }]),
  },
];

const hashes = { name: Buffer.alloc(20), key: Buffer.alloc(20) };
const certId = encodeCertId('sha1', { sha1: hashes, sha256: hashes }, serialNumber(5));
const now = sample.notBefore;
const good = { certId, status: { status: 'good' } as const, thisUpdate: now };
const OTHER: Extension = { oid: '1.2.3', critical: false, value: Buffer.from('0500', 'hex') };

const answer = (changes: Partial<ResponseDataSpec> = {}): Uint8Array =>
  encodeResponseData({
    responderKeyHash: keyIdentifier(signer),
    producedAt: now,
    responses: [good],
    ...changes,
  });

export const goodAnswers: readonly Uint8Array[] = [answer(), answer({ nonce: Buffer.alloc(32, 1) })];

const OF_THIS_INSTANT = 'answers-are-of-this-instant';
const NONCE_ONLY = 'answers-carry-the-nonce-and-nothing-else';

export const answerViolations: readonly PlantedOctets[] = [
  {
    rule: 'responder-is-the-signing-key',
    what: 'the hash of another key',
    tbs: answer({ responderKeyHash: Buffer.alloc(20, 1) }),
  },
  {
    rule: OF_THIS_INSTANT,
    what: 'a status of a minute ago',
    tbs: answer({ responses: [{ ...good, thisUpdate: now - 60_000 }] }),
  },
  {
    rule: OF_THIS_INSTANT,
    what: 'good for an hour',
    tbs: answer({ responses: [{ ...good, nextUpdate: now + 3_600_000 }] }),
  },
  { rule: NONCE_ONLY, what: 'an extension besides the nonce', tbs: answer({ extensions: [OTHER] }) },
  {
    rule: NONCE_ONLY,
    what: 'an extension of a single answer',
    tbs: answer({ responses: [{ ...good, extensions: [OTHER] }] }),
  },
];
