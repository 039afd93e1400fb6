/**
 * `verify(challenge, signature, certificate)` for a municipality's program (domain rules 9): valid, with the pseudonym that
 * the holder has at this municipality, or the code of the first thing that does not hold. In steps of their own
 * transactions, because the centre is asked between them, never within one. A challenge is used up whatever comes of it.
 * Flow: docs/flows/local-authentication.md.
 */
import type { VerifiedSigner, VerifyFailure } from '@ishizue/jpki';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { formatSerialNumber, parseCertificate } from '@ishizue/x509';
import { asProgram, type ProgramCall } from './as-program.ts';
import { insertChallenge, type OpenedChallenge, takeChallenge } from './challenges.ts';
import type { LocalContext } from './local-context.ts';
import type { LocalKind } from './local-kind.ts';
import type { ProgramPermitFailure } from './programs/program-store.ts';
import { certificateHandle, enrol, findPseudonym } from './pseudonyms/enrolment.ts';
import { findSetting, type LocalSetting } from './setting.ts';
import { verifyStatement } from './verify-signature.ts';

export type LocalVerifyFailure =
  | ProgramPermitFailure
  | VerifyFailure
  | 'not-set-up'
  /** Used, over, or another program's. */
  | 'challenge-unknown'
  /** Valid, but the centre does not say to which certificates it is linked: a new pseudonym would be a guess. */
  | 'pseudonym-unavailable';

export interface LocalProof {
  readonly challenge: string;
  readonly kind: LocalKind;
  /** In DER. */
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
  /** A program that need not know people again asks without. */
  readonly withPseudonym: boolean;
}

/** It holds, now. */
export interface LocalVerdict {
  readonly kind: LocalKind;
  /** 28 letters, this municipality's; undefined where it was not asked for. */
  readonly pseudonym: string | undefined;
  /** Milliseconds since the epoch. */
  readonly certificateEndsAt: number;
}

/** A text for the holder's card or phone to sign. */
export const openChallenge = (
  context: LocalContext,
  call: ProgramCall,
): Promise<Result<OpenedChallenge, ProgramPermitFailure>> =>
  asProgram(context, call, async (tx, program) => ({
    outcome: ok(await insertChallenge(tx, context, call.municipality, program)),
    isEnd: false,
    fields: [],
  }));

export async function verifyForProgram(
  context: LocalContext,
  call: ProgramCall,
  proof: LocalProof,
): Promise<Result<LocalVerdict, LocalVerifyFailure>> {
  const begun = await begin(context, call, proof);
  if (!begun.ok) return begun;
  const { setting, statement } = begun.value;
  const signed = { ...proof, statement };
  const verified = await verifyStatement(context, call.municipality, setting, signed);
  if (!verified.ok) return refuse(context, call, proof, verified.failure);
  const known = await answerKnown(context, call, proof, verified.value);
  if (!known.ok) return known;
  return known.value ? ok(known.value) : answerEnrolled(context, call, proof, verified.value, setting);
}

interface Begun {
  readonly statement: string;
  readonly setting: LocalSetting;
}

/** The challenge is used up. */
const begin = (
  context: LocalContext,
  call: ProgramCall,
  { kind, challenge }: LocalProof,
): Promise<Result<Begun, ProgramPermitFailure | 'not-set-up' | 'challenge-unknown'>> =>
  asProgram(context, call, async (tx, program) => {
    const step = { isEnd: false, fields: fieldsOf(kind) };
    const statement = await takeChallenge(tx, context, call.municipality, program, challenge);
    if (statement === undefined)
      return { ...step, outcome: fail('challenge-unknown', 'used, over, or another program’s') };
    const setting = await findSetting(tx, call.municipality);
    return setting
      ? { ...step, outcome: ok({ statement, setting }) }
      : { ...step, outcome: fail('not-set-up', 'the municipality has not said as which verifier it asks') };
  });

const fieldsOf = (kind: LocalKind, ...more: readonly string[]): readonly string[] => [
  `${kind}-certificate`,
  ...more,
];

/** What says nothing of whose card it is: anybody could have sent it. */
const UNPROVED: ReadonlySet<string> = new Set<VerifyFailure>([
  'certificate-malformed',
  'certificate-not-trusted',
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-of-another-kind',
  'challenge-signature-invalid',
]);

/** With the pseudonym in the entry where the holder is known and signed. */
function refuse<Code extends string>(
  context: LocalContext,
  call: ProgramCall,
  { kind, certificate }: LocalProof,
  failure: Failure<Code>,
): Promise<Result<never, Code | ProgramPermitFailure>> {
  const parsed = UNPROVED.has(failure.code) ? undefined : parseCertificate(certificate);
  return asProgram(context, call, async (tx) => {
    const serial = parsed?.ok === true ? formatSerialNumber(parsed.value.serial) : undefined;
    const handle = serial && certificateHandle(context, call.municipality, kind, serial);
    return {
      outcome: { ok: false, failure },
      isEnd: true,
      pseudonym: handle && (await findPseudonym(tx, call.municipality, handle)),
      fields: fieldsOf(kind),
    };
  });
}

/** The verdict where nothing more has to be asked: the certificate is enrolled, or no pseudonym is wanted. */
const answerKnown = (
  context: LocalContext,
  call: ProgramCall,
  { kind, withPseudonym }: LocalProof,
  { serial, notAfter }: VerifiedSigner,
): Promise<Result<LocalVerdict | undefined, ProgramPermitFailure>> =>
  asProgram(context, call, async (tx) => {
    const handle = certificateHandle(context, call.municipality, kind, serial);
    const pseudonym = await findPseudonym(tx, call.municipality, handle);
    const isEnd = pseudonym !== undefined || !withPseudonym;
    const told = withPseudonym ? pseudonym : undefined;
    return {
      outcome: ok(isEnd ? { kind, pseudonym: told, certificateEndsAt: notAfter } : undefined),
      isEnd,
      pseudonym,
      fields: fieldsOf(kind, ...(withPseudonym ? ['pseudonym'] : [])),
    };
  });

/** A certificate that comes for the first time: the centre says which others are the same holder's. */
async function answerEnrolled(
  context: LocalContext,
  call: ProgramCall,
  proof: LocalProof,
  { serial, notAfter }: VerifiedSigner,
  { verifier }: LocalSetting,
): Promise<Result<LocalVerdict, LocalVerifyFailure>> {
  const { kind } = proof;
  const { municipality, correlation } = call;
  const links = await linkedSerials(context, { verifier, correlation }, kind, serial);
  if (!links.ok) return refuse(context, call, proof, links.failure);
  return asProgram(context, call, async (tx) => {
    const handleOf = (each: string) => certificateHandle(context, municipality, kind, each);
    const enrolled = await enrol(tx, context, municipality, handleOf(serial), links.value.map(handleOf));
    const { pseudonym, isAmbiguous } = enrolled;
    return {
      outcome: ok({ kind, pseudonym, certificateEndsAt: notAfter }),
      isEnd: true,
      pseudonym,
      fields: fieldsOf(kind, 'pseudonym', 'enrolment', ...(isAmbiguous ? ['links-ambiguous'] : [])),
    };
  });
}

/** Older and newer: by list, an older certificate may come after a newer one. */
async function linkedSerials(
  { desk }: LocalContext,
  caller: { readonly verifier: string; readonly correlation: string },
  kind: LocalKind,
  serial: string,
): Promise<Result<readonly string[], 'pseudonym-unavailable' | 'certificate-unknown'>> {
  const asked = { kind, serials: [Number.parseInt(serial, 16)], links: ['older', 'newer'] as const };
  const answered = await desk.links(caller, asked);
  if (!answered.ok) return fail('pseudonym-unavailable', `the centre: ${answered.failure.code}`);
  const [answer] = answered.value;
  if (!answer?.ok) return fail('certificate-unknown', 'no certificate of this number was handed out');
  const { older = [], newer = [] } = answer.value;
  return ok([...older, ...newer].map((each) => each.toString(16).padStart(8, '0')));
}
