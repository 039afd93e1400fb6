/**
 * What the signer does for each operation, apart from any socket: look up the key, check its use, lint or parse what
 * is to be signed, sign. Nothing is signed that was not understood.
 */
import { type ClockWatch, clockMovedText, UNGUARDED } from '@ishizue/clock';
import { ok } from '@ishizue/outcome';
import { writeCertificationRequest } from './certification-request.ts';
import type { CheckpointMemory } from './checkpoint-memory.ts';
import { checkpointText, noteKeyId } from './checkpoint-note.ts';
import { arePackedDigits, Ff1 } from './ff1.ts';
import type { KeyStore } from './key-store.ts';
import { isCrlUse, isFormUse, isTokenUse } from './key-uses.ts';
import { findHeaderRefusal, type LinkHeaderKind, linkSignedBytes, siteOfLinkKey } from './link-header.ts';
import { findLintRefusal, type Lint, type SignerLints } from './lints.ts';
import { OpenLists } from './open-lists.ts';
import {
  type Answers,
  type CertificateRequest,
  type CheckpointRequest,
  type FormRequest,
  type HeaderRequest,
  type OperationName,
  PERMUTE_VALUES_MAX,
  type PermuteRequest,
  PROTOCOL_VERSION,
  type Requests,
  type SignerHealth,
  type TbsRequest,
  type TokenRequest,
} from './operations.ts';
import { refuse, type SignerResult } from './signer-code.ts';
import type { StoredKey } from './stored-key.ts';
import { findTokenRefusal, jwsSignature } from './token-input.ts';

export type Answer<Name extends OperationName> =
  | SignerResult<Answers[Name]>
  | Promise<SignerResult<Answers[Name]>>;

/** One function an operation. Those that need neither disk nor thread pool answer at once. */
export type SignerService = {
  readonly [Name in OperationName]: (request: Requests[Name]) => Answer<Name>;
};

export interface ServiceParts {
  readonly keys: KeyStore;
  readonly memory: CheckpointMemory;
  readonly lints: SignerLints;
  readonly health: () => SignerHealth;
  /** Of the machine's clock; a test that has a clock of its own has none. */
  readonly clockWatch?: ClockWatch | undefined;
}

export function createSignerService(parts: ServiceParts): SignerService {
  const { keys, memory, lints, health, clockWatch = UNGUARDED } = parts;
  const permutations = new Map<StoredKey, Ff1>();
  const openLists = new OpenLists(lints.crlParts);
  return {
    ping: () => ok(PROTOCOL_VERSION),
    health: () => ok(health()),
    generateKey: async ({ name, algorithm, uses }) => {
      if (algorithm === 'secret') return refuse('uses-invalid', 'a secret has no public key: ensureSecret');
      const key = await keys.ensure(name, algorithm, uses);
      return key.ok ? ok(key.value.record.spki) : key;
    },
    publicKey: ({ name }) => publicKey(keys, name),
    listKeys: () => ok(keys.list()),
    ensureSecret: async ({ name, uses }) => {
      const key = await keys.ensure(name, 'secret', uses);
      return key.ok ? ok(undefined) : key;
    },
    // what is dated by whoever asks is signed while this machine's clock is to be believed
    signCertificate: (request) => findClockRefusal(clockWatch) ?? signCertificate(keys, lints, request),
    signCrl: (request) => findClockRefusal(clockWatch) ?? signCrl(keys, lints, request),
    signOcsp: (request) => findClockRefusal(clockWatch) ?? signLinted(keys, request, 'ocsp', lints.ocsp),
    signCheckpoint: (request) => signCheckpoint(keys, memory, request),
    lastCheckpoint: ({ origin }) => ok(memory.last(origin)),
    signEnvelope: (request) => signHeader(keys, request, 'envelope'),
    signAcknowledgement: (request) => signHeader(keys, request, 'acknowledgement'),
    permute: (request) => permute(keys, permutations, request, 'permute'),
    unpermute: (request) => permute(keys, permutations, request, 'permute-inverse'),
    deriveKey: ({ secret, label }) => {
      const key = findKey(keys, secret, 'derive');
      return key.ok ? ok(key.value.derive('derive', label)) : key;
    },
    requestCertificate: ({ name }) => requestCertificate(keys, name),
    openList: ({ key: name, id, head }) => {
      const key = findKey(keys, name, 'crl');
      return key.ok ? openLists.open(key.value, id, head) : key;
    },
    extendList: ({ id, part }) => openLists.extend(id, part),
    signList: ({ id, part }) => findClockRefusal(clockWatch) ?? openLists.sign(id, part),
    signToken: (request) => signToken(keys, request),
    signForm: (request) => signForm(keys, lints, request),
  };
}

function findClockRefusal(watch: ClockWatch): SignerResult<never> | undefined {
  const moved = watch.look();
  return moved && refuse('clock-moved', clockMovedText(moved));
}

function findKey(keys: KeyStore, name: string, ...uses: readonly string[]): SignerResult<StoredKey> {
  const key = keys.find(name);
  if (!key) return refuse('key-unknown', 'no key of that name');
  if (uses.some((use) => key.allows(use))) return ok(key);
  return refuse('use-not-allowed', `the key is not for ${uses.join(' or ')}`);
}

function publicKey(keys: KeyStore, name: string): SignerResult<Buffer> {
  const key = keys.find(name);
  if (!key || key.record.algorithm === 'secret') return refuse('key-unknown', 'no key pair of that name');
  return ok(key.record.spki);
}

function signCertificate(
  keys: KeyStore,
  lints: SignerLints,
  request: CertificateRequest,
): Answer<'signCertificate'> {
  const { profile } = request;
  const lint = Object.hasOwn(lints.certificate, profile) ? lints.certificate[profile] : undefined;
  if (!lint) return refuse('profile-without-lint', 'no lint belongs to that profile');
  return signLinted(keys, request, `certificate:${profile}`, lint);
}

/** The lint belongs to the key, not to the request: a key signs lists of one profile. */
function signCrl(keys: KeyStore, lints: SignerLints, request: TbsRequest): Answer<'signCrl'> {
  const use = keys.find(request.key)?.record.uses.find(isCrlUse) ?? 'crl';
  const profile = use === 'crl' ? undefined : use.slice('crl:'.length);
  if (profile === undefined) return signLinted(keys, request, use, lints.crl);
  const profiles = lints.crlProfiles ?? {};
  const lint = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (!lint) return refuse('profile-without-lint', 'no lint belongs to that profile of lists');
  return signLinted(keys, request, use, lint);
}

/** The signer writes the request itself: its bytes begin as DER, which those of a link signature never do. */
function requestCertificate(keys: KeyStore, name: string): Answer<'requestCertificate'> {
  const key = findKey(keys, name, 'envelope');
  if (!key.ok) return key;
  const site = siteOfLinkKey(name);
  if (site === undefined) return refuse('key-name-invalid', 'not the link key of a site');
  return writeCertificationRequest(site, key.value);
}

function signLinted(keys: KeyStore, request: TbsRequest, use: string, lint: Lint): Answer<'signOcsp'> {
  const key = findKey(keys, request.key, use);
  if (!key.ok) return key;
  return findLintRefusal(lint, request.tbs, key.value.record.spki) ?? key.value.sign(request.tbs);
}

function signHeader(keys: KeyStore, request: HeaderRequest, kind: LinkHeaderKind): Answer<'signEnvelope'> {
  const key = findKey(keys, request.key, kind);
  if (!key.ok) return key;
  const refusal = findHeaderRefusal(request.key, kind, request.header);
  return refusal ?? key.value.sign(linkSignedBytes(request.header));
}

/** The form is the key’s, not the request’s. */
function signForm(
  keys: KeyStore,
  lints: SignerLints,
  { key: name, octets }: FormRequest,
): Answer<'signForm'> {
  const use = keys.find(name)?.record.uses.find(isFormUse) ?? 'form';
  const key = findKey(keys, name, use);
  if (!key.ok) return key;
  const forms = lints.forms ?? {};
  const form = use.slice('form:'.length);
  const lint = Object.hasOwn(forms, form) ? forms[form] : undefined;
  if (!lint) return refuse('profile-without-lint', 'no lint belongs to that form');
  return findLintRefusal(lint, octets, key.value.record.spki) ?? key.value.sign(octets);
}

/** The issuer is the key's, so a key of another use signs no token at all. */
async function signToken(keys: KeyStore, { key: name, input }: TokenRequest): Promise<SignerResult<Buffer>> {
  const use = keys.find(name)?.record.uses.find(isTokenUse) ?? 'id-token';
  const key = findKey(keys, name, use);
  if (!key.ok) return key;
  const refusal = findTokenRefusal(key.value.record, input);
  if (refusal) return refusal;
  const signature = await key.value.sign(input);
  return signature.ok ? ok(jwsSignature(key.value.record.algorithm, signature.value)) : signature;
}

async function signCheckpoint(
  keys: KeyStore,
  memory: CheckpointMemory,
  request: CheckpointRequest,
): Promise<SignerResult<Answers['signCheckpoint']>> {
  const key = findKey(keys, request.key, 'checkpoint', `checkpoint:${request.origin}`);
  if (!key.ok) return key;
  const remembered = await memory.remember(request);
  if (!remembered.ok) return remembered;
  const keyId = noteKeyId(request.origin, key.value.record.spki);
  const signature = await key.value.sign(Buffer.from(checkpointText(request.origin, remembered.value)));
  return signature.ok ? ok({ keyId, signature: signature.value }) : signature;
}

function permute(
  keys: KeyStore,
  permutations: Map<StoredKey, Ff1>,
  request: PermuteRequest,
  use: 'permute' | 'permute-inverse',
): SignerResult<Buffer> {
  const key = findKey(keys, request.key, use);
  if (!key.ok) return key;
  const { digits, packed } = request;
  if (!arePackedDigits(packed, digits) || packed.length > PERMUTE_VALUES_MAX * digits) {
    return refuse('digits-invalid', `not up to ${PERMUTE_VALUES_MAX} values of ${digits} digits`);
  }
  const ff1 = permutations.get(key.value) ?? new Ff1(key.value.record.material);
  permutations.set(key.value, ff1);
  return ok(use === 'permute' ? ff1.permute(packed, digits) : ff1.invert(packed, digits));
}
