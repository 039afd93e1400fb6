/**
 * What becomes of requests that are asked: each is decided by what the national register says of the person, and numbers
 * are made for those that may have one (番号法 art. 7 (2), 8). Number, request, notice, ledger entry and answer are one
 * transaction. Flow: docs/flows/numbering.md.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { AddressedMessage } from '@ishizue/link';
import {
  INDIVIDUAL_NUMBER_ASSIGNED,
  INDIVIDUAL_NUMBER_CHANGED,
  INDIVIDUAL_NUMBER_RETIRED,
  municipalSite,
  NATIONAL_SITE,
  type SealedNumber,
} from '@ishizue/registry';
import { type NumberingContext, numbersFor } from '../assign-numbers.ts';
import { numberCodesOf } from '../number-codes.ts';
import { decideRequest, type RequestDecision } from './decide-request.ts';
import { hasAsker, NUMBER_REQUEST_STATE, type NumberRequest } from './number-request.ts';
import { type Replacement, replaceNumbers } from './replace-numbers.ts';
import { numbersOf, storeDecided } from './request-store.ts';

/**
 * Under this lock numbers are changed; taken before the register is looked at and before any row is locked. Who moves after
 * the look is followed by follow-register.ts, which shares it.
 */
export const lockChanges = (tx: Tx): ReturnType<Tx> =>
  tx`SELECT pg_advisory_xact_lock(hashtextextended('individual numbers are changed', 0))`;

/**
 * Decides requests in state `asked` that the transaction has locked; callers have `lockChanges` where one is a change.
 * @param correlation of the ledger entries
 * @returns what is to be sent, as the transaction's last statement
 */
export async function reviewRequests(
  tx: Tx,
  context: NumberingContext,
  requests: readonly NumberRequest[],
  correlation: string,
): Promise<readonly AddressedMessage[]> {
  if (requests.length === 0) return [];
  const decided = await decideAll(tx, context, requests, correlation);
  const may = (kind: NumberRequest['kind']) =>
    decided.filter(({ request, decision }) => decision.effect === 'make' && request.kind === kind);
  const firsts = [...new Set(may('first').map(({ request }) => request.residentCode))];
  const numbers = await numbersFor(tx, context, firsts);
  const current = await numbersOf(tx, [...new Set(requests.map(({ residentCode }) => residentCode))]);
  const changing = may('replacement').map(({ request }) => request.residentCode);
  const replacements = await replaceNumbers(
    tx,
    context,
    new Map(changing.map((code) => [code, current.get(code)?.attempt ?? 0])),
  );
  const replacementOf = new Map(replacements.map((one) => [one.residentCode, one]));
  const after = decided.map(({ request, decision }): NumberRequest => {
    const { kind, residentCode } = request;
    if (decision.effect !== 'make')
      return { ...request, state: decision.effect === 'wait' ? 'asked' : 'refused', cause: decision.cause };
    const attempt =
      kind === 'first' ? current.get(residentCode)?.attempt : replacementOf.get(residentCode)?.attempt;
    return { ...request, state: 'made', cause: null, attempt: attempt ?? null };
  });
  const now = context.clock.now();
  await storeDecided(tx, after, new Date(now));
  await recordEntries(
    tx,
    after.map((request) => entryOf(context, now, request, correlation)),
  );
  const assigned = after
    .filter(({ kind, state }) => kind === 'first' && state === 'made')
    .map((request) => assignedMessage(request, numbers.get(request.residentCode)));
  const changed = after.flatMap((request) => {
    const replacement = replacementOf.get(request.residentCode);
    return request.kind === 'replacement' && request.state === 'made' && replacement
      ? changedMessages(request.municipality, replacement)
      : [];
  });
  return [...assigned, ...changed, ...stateMessages(after)];
}

interface Decided {
  readonly request: NumberRequest;
  readonly decision: RequestDecision;
}

async function decideAll(
  tx: Tx,
  context: NumberingContext,
  requests: readonly NumberRequest[],
  correlation: string,
): Promise<readonly Decided[]> {
  const standings = await context.standings(
    requests.map(({ municipality, residentCode, kind }) => ({
      municipality,
      residentCode,
      access: {
        actorKind: 'site',
        actor: municipalSite(municipality),
        terminal: 'link',
        article: articleOf(kind),
        affair: 'number-standing',
        correlation,
      },
    })),
  );
  const known = await numbersOf(tx, [...new Set(requests.map(({ residentCode }) => residentCode))]);
  const numberCodes = await numberCodesOf(
    tx,
    requests.flatMap(({ residentCode }, index) => (standings[index]?.hasFormerCode ? [residentCode] : [])),
  );
  const changing = new Set<string>();
  return requests.map((request, index) => {
    const { kind, residentCode } = request;
    const look = standings[index];
    if (look === undefined) throw new Error('a request without a standing');
    const numbers = known.get(residentCode);
    const isChanging = (numbers?.isChanging ?? false) || changing.has(residentCode);
    const isSuccessionUnheard = look.hasFormerCode && numberCodes.get(residentCode) === residentCode;
    const decision = decideRequest(kind, look.standing, {
      attempt: numbers?.attempt,
      isChanging,
      isSuccessionUnheard,
    });
    if (kind === 'replacement' && decision.effect === 'make') changing.add(residentCode);
    return { request, decision };
  });
}

const articleOf = (kind: NumberRequest['kind']): string =>
  kind === 'first' ? '番号法 第8条' : '番号法 第7条';

function entryOf(context: NumberingContext, at: number, request: NumberRequest, correlation: string) {
  const { municipality, kind, residentCode, state, cause } = request;
  return {
    site: NATIONAL_SITE,
    at,
    actorKind: 'site' as const,
    actor: municipalSite(municipality),
    terminal: 'link',
    article: articleOf(kind),
    affair: 'numbering',
    subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
    fields: ['resident-code', 'individual-number', kind],
    result: state === 'made' ? 'ok' : (cause ?? state),
    correlation,
  };
}

/** The number of a person for the register of the municipality that asked. */
export function assignedMessage(
  { municipality, residentCode }: NumberRequest,
  individualNumber: SealedNumber | undefined,
): AddressedMessage {
  if (individualNumber === undefined) throw new Error('a request that was granted has no number');
  return {
    link: registerOf(municipality),
    subject: residentCode,
    topic: INDIVIDUAL_NUMBER_ASSIGNED,
    body: { residentCode, individualNumber },
  };
}

function changedMessages(
  municipality: string,
  { residentCode, individualNumber, replaces }: Replacement,
): readonly AddressedMessage[] {
  return [
    changedMessage(municipality, { residentCode, individualNumber, replaces }),
    {
      link: `${NATIONAL_SITE}>${NATIONAL_SITE}:registry`,
      subject: residentCode,
      topic: INDIVIDUAL_NUMBER_RETIRED,
      body: { residentCode, individualNumber: replaces },
    },
  ];
}

/** The next number of a person for a register that has an earlier one. */
export const changedMessage = (
  municipality: string,
  body: Pick<Replacement, 'residentCode' | 'individualNumber' | 'replaces'>,
): AddressedMessage => ({
  link: registerOf(municipality),
  subject: body.residentCode,
  topic: INDIVIDUAL_NUMBER_CHANGED,
  body,
});

const registerOf = (municipality: string): string =>
  `${NATIONAL_SITE}>${municipalSite(municipality)}:registry`;

/** How requests stand, for the municipalities whose officers asked. */
export function stateMessages(requests: readonly NumberRequest[]): readonly AddressedMessage[] {
  return requests.filter(hasAsker).map(({ municipality, requestId, residentCode, state, cause }) => ({
    link: `${NATIONAL_SITE}>${municipalSite(municipality)}:numbering`,
    subject: residentCode,
    topic: NUMBER_REQUEST_STATE,
    body: { requestId, residentCode, state, cause },
  }));
}
