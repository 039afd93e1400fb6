/**
 * Registration by the names of verifiers and proposals, for the command line and the routes: each act is a move of the
 * verifier's case at the desk of the procedure (docs/flows/verifiers.md steps 1 to 3).
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import type { ActingBy, HistoryLine } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { formOfTerms } from './verifier-fields.ts';
import { VERIFIER_OFFICER } from './verifier-registration.ts';
import {
  allVerifiers,
  caseOfVerifier,
  findVerifier,
  type ProposedAct,
  readProposals,
  type Verifier,
  type VerifierProposal,
} from './verifier-store.ts';
import type { VerifierTerms } from './verifier-terms.ts';

/** Where verifiers are registered. */
export type Office = Pick<JpkiContext, 'sql' | 'registration'>;

/** Who acts. That they have the role, the caller has found out. */
export interface VerifierOfficer {
  readonly operator: string;
  /** Why, in their words; no personal data. 1 to 500 characters. */
  readonly purpose: string;
  readonly terminal: string;
  readonly correlation: string;
}

/** What one officer does alone: moves of the registration. */
export const SOLE_ACTS = [
  'release-documents',
  'open-test-environment',
  'begin-connection-test',
  /** The connection test was not passed. */
  'repeat-test',
  'suspend',
  'end',
] as const;
export type SoleAct = (typeof SOLE_ACTS)[number];

/** What acts are refused with, and the status over HTTP. */
export const verifierStatuses = {
  'purpose-missing': 400,
  'verifier-name-invalid': 400,
  'verifier-terms-contradict': 422,
  'client-certificate-unsuitable': 422,
  'client-certificate-known': 409,
  'operator-unknown': 422,
  'verifier-known': 409,
  'verifier-unknown': 404,
  'verifier-state-refused': 409,
  'proposal-unknown': 404,
  'proposal-approved': 409,
  'proposal-expired': 409,
  'verifier-changed': 409,
  'second-person-needed': 403,
} as const;
export type OfficeCode = keyof typeof verifierStatuses;

const isOwn = (code: string): code is OfficeCode => Object.hasOwn(verifierStatuses, code);

/** Codes of the procedure that have another name here. */
const OTHER_NAMES: Readonly<Record<string, OfficeCode>> = {
  'move-not-in-state': 'verifier-state-refused',
  'case-moved-meanwhile': 'verifier-changed',
};

/** What is wrong by the field; where it is another one, the terms are. */
const FAULTS: Readonly<Record<string, OfficeCode>> = {
  purpose: 'purpose-missing',
  verifier: 'verifier-name-invalid',
};
const FAULTY_TERMS = 'verifier-terms-contradict' satisfies OfficeCode;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const byOf = ({ operator: id, terminal, correlation }: VerifierOfficer): ActingBy => ({
  actor: { kind: 'operator', id, roles: [VERIFIER_OFFICER] },
  terminal,
  correlation,
});

/** The detail of `form-invalid` begins with the place of the first fault. */
function told({ code, detail }: Failure): Result<never, OfficeCode> {
  if (code === 'form-invalid') return fail(FAULTS[/^\w+/.exec(detail)?.[0] ?? ''] ?? FAULTY_TERMS, detail);
  const own = OTHER_NAMES[code] ?? code;
  if (!isOwn(own)) throw new Error(`the registration refused for ${code}`);
  return fail(own, detail);
}

/** Takes a notification down: the verifier is `notified` and may do nothing yet. */
export async function registerVerifier(
  office: Office,
  by: VerifierOfficer,
  verifier: string,
  terms: VerifierTerms,
): Promise<Result<Verifier, OfficeCode>> {
  const desk = await office.registration();
  const form = { verifier, terms: formOfTerms(terms) };
  const own = { purpose: by.purpose };
  const opened = await desk.start(byOf(by), { move: 'register', request: randomUUID(), form, own });
  return opened.ok ? ok(await read(office, (tx) => getVerifier(tx, verifier))) : told(opened.failure);
}

/** One of the acts that an officer does alone. A suspension is there for whoever asks next, in every process. */
export const changeVerifier = (
  office: Office,
  by: VerifierOfficer,
  verifier: string,
  act: SoleAct,
): Promise<Result<Verifier, OfficeCode>> => moveVerifier(office, by, verifier, { move: act, own: {} });

interface VerifierMove {
  readonly move: string;
  readonly own: Readonly<Record<string, unknown>>;
  /** The revision that it is for. */
  readonly expected?: number;
}

async function moveVerifier(
  office: Office,
  by: VerifierOfficer,
  verifier: string,
  { move, own, expected }: VerifierMove,
): Promise<Result<Verifier, OfficeCode>> {
  const caseId = await read(office, (tx) => caseOfVerifier(tx, verifier));
  if (caseId === undefined) return fail('verifier-unknown', 'no verifier of this name is registered');
  const desk = await office.registration();
  const moved = await desk.move(byOf(by), {
    caseId,
    move,
    request: randomUUID(),
    expected,
    own: { ...own, purpose: by.purpose },
  });
  return moved.ok ? ok(await read(office, (tx) => getVerifier(tx, verifier))) : told(moved.failure);
}

/** Proposes; what was proposed before for the verifier is replaced. */
export async function proposeForVerifier(
  office: Office,
  by: VerifierOfficer,
  verifier: string,
  proposed: ProposedAct,
): Promise<Result<VerifierProposal, OfficeCode>> {
  const own = 'terms' in proposed ? { terms: formOfTerms(proposed.terms) } : {};
  const done = await moveVerifier(office, by, verifier, { move: `propose-${proposed.act}`, own });
  if (!done.ok) return done;
  const [proposal] = await read(office, (tx) => readProposals(tx, { verifier }));
  if (!proposal) throw new Error('a proposal that was just written is not there');
  return ok(proposal);
}

/** Approves as the second person; with that it is done. */
export async function approveForVerifier(
  office: Office,
  by: VerifierOfficer,
  id: string,
): Promise<Result<Verifier, OfficeCode>> {
  const [proposal] = UUID.test(id) ? await read(office, (tx) => readProposals(tx, { id })) : [];
  if (!proposal) return fail('proposal-unknown', 'there is no such proposal, or a later one took its place');
  const { act: move, revision: expected, verifier, approvedBy } = proposal;
  const done = await moveVerifier(office, by, verifier, { move, own: {}, expected });
  return !done.ok && done.failure.code === 'verifier-changed' && approvedBy !== null
    ? fail('proposal-approved', 'it was approved and carried out')
    : done;
}

async function getVerifier(tx: Tx, verifier: string): Promise<Verifier> {
  const found = await findVerifier(tx, verifier);
  if (!found) throw new Error('a verifier that was just written is not there');
  return found;
}

const read = <T>({ sql }: Office, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTransaction(sql, { site: NATIONAL_SITE }, work);

/** Everybody who is or was registered. No personal data. */
export const listVerifiers = (office: Office): Promise<readonly Verifier[]> => read(office, allVerifiers);

/** What was proposed last for each verifier, the newest first, at most 200; earlier ones are in the history of its case. */
export const verifierProposals = (office: Office): Promise<readonly VerifierProposal[]> =>
  read(office, (tx) => readProposals(tx));

/** What was done with a verifier, by whom and why, from its notification on; at most 1,000 moves. */
export async function verifierHistory(
  office: Office,
  by: VerifierOfficer,
  verifier: string,
): Promise<Result<readonly HistoryLine[], OfficeCode>> {
  const caseId = await read(office, (tx) => caseOfVerifier(tx, verifier));
  if (caseId === undefined) return fail('verifier-unknown', 'no verifier of this name is registered');
  const desk = await office.registration();
  const found = await desk.history(byOf(by), caseId);
  return found.ok ? found : told(found.failure);
}
