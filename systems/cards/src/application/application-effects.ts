/**
 * What moves of a card application do to the tables of cards, for all cases of a request at once: the application's row begins with
 * the first move and follows the case, until it is accepted and waits for the factory. From then on the row goes its own way.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { findForms, useForms } from '../application-forms/form-store.ts';
import type { CardsContext } from '../cards-context.ts';
import { identityDigest } from '../identity-digest.ts';
import type { ApplicationGround } from '../issue-terms/application-ground.ts';
import { findExpressDays } from '../issue-terms/issue-terms-store.ts';
import { factoryDue } from '../making/making-due.ts';
import { insertOrders, type MakingOrder } from '../making/order-store.ts';
import { documentsShown, ONLINE } from './application-form.ts';
import type { ApplicationEvent } from './application-lifecycle.ts';
import {
  type Application,
  insertApplications,
  lockApplications,
  storeApplicationChanges,
  storeIdentityDigests,
} from './application-store.ts';
import { storeWishes } from './application-wish.ts';
import { decideApplicationChange } from './change-application.ts';
import { type BarredCode, decideGrounds, type GroundWish, takeTurns } from './decide-grounds.ts';
import type { ApplicationFacts, Examined } from './examine-applications.ts';

type Facts<Own = unknown> = ApplicationFacts<Own, Examined>;

/** Enters the applications; of two of one person the first, and with one form one. */
export async function enterApplications(
  tx: Tx,
  cases: readonly Facts[],
  { clock }: CardsContext,
): Promise<ReadonlyMap<number, BarredCode | 'wrong-id'>> {
  await takeTurns(
    tx,
    cases.map(({ form }) => form.residentCode),
  );
  const formIds = cases.flatMap(({ form }) => form.formId ?? []);
  const forms = await findForms(tx, formIds, 'locked');
  const isFormOver = ({ form }: Facts): boolean =>
    form.formId !== undefined && forms.get(form.formId)?.state !== 'open';
  const refused = new Map<number, BarredCode | 'wrong-id'>(
    cases.filter(isFormOver).map(({ caseId }) => [caseId, 'wrong-id']),
  );
  const asking = cases.filter(({ caseId }) => !refused.has(caseId));
  const decided = await decideGrounds(tx, asking.map(wishOf), clock.now());
  const entered: Facts[] = [];
  const rows: Application[] = [];
  for (const [index, one] of asking.entries()) {
    const ground = decided[index];
    if (!ground) throw new Error('a ground was not decided');
    if (!ground.ok) refused.set(one.caseId, ground.failure.code);
    else {
      entered.push(one);
      rows.push(rowOf(one, ground.value));
    }
  }
  const changes = rows.map(
    ({ applicationId }) => ({ applicationId, state: 'received', sequence: 1, reason: null }) as const,
  );
  await insertApplications(tx, rows, changes, new Date(clock.now()));
  await useForms(
    tx,
    entered.flatMap(({ form }) => form.formId ?? []),
    dateInTokyo(clock.now()),
  );
  await storeWishes(tx, entered);
  return refused;
}

const wishOf = ({ form: { residentCode, terms, channel }, prepared: { codes } }: Facts): GroundWish => ({
  residentCode,
  codes,
  termsId: terms,
  areTermsNamed: terms !== undefined,
  isOnline: ONLINE.includes(channel),
});

const rowOf = (
  { caseId, form, openedOn, prepared }: Facts,
  { ground, termsId, previousCard, renewsCardOf }: ApplicationGround,
): Application => ({
  applicationId: prepared.applicationId,
  requestId: `case ${caseId}`,
  residentCode: form.residentCode,
  state: 'received',
  sequence: 1,
  receivedOn: openedOn,
  stayExpiresOn: form.stayExpiresOn ?? null,
  identityDigest: identityDigest(prepared.applicationId, prepared.person),
  ground,
  termsId,
  previousCard,
  renewsCardOf,
});

/** Lets the applications follow their cases. Those that have ended meanwhile (a death, a changed number) are told. */
export async function followCases(
  tx: Tx,
  cases: readonly ApplicationFacts[],
  { clock }: CardsContext,
  event: ApplicationEvent,
  reason: string | null = null,
): Promise<ReadonlyMap<number, 'application-ended'>> {
  const ids = cases.map(({ record }) => record.applicationId ?? '');
  const applications = new Map((await lockApplications(tx, ids)).map((one) => [one.applicationId, one]));
  const ended = new Map<number, 'application-ended'>();
  const changes = cases.flatMap(({ caseId, record }) => {
    const application = applications.get(record.applicationId ?? '');
    if (!application) throw new Error('a case without its application');
    const change = decideApplicationChange(application, event, reason);
    if (change.ok) return [change.value];
    ended.set(caseId, 'application-ended');
    return [];
  });
  await storeApplicationChanges(tx, changes, new Date(clock.now()));
  return ended;
}

/** The office is content: the identity data of this moment are linked, and the application waits for the factory. */
export async function acceptApplications(
  tx: Tx,
  cases: readonly Facts[],
  context: CardsContext,
): Promise<ReadonlyMap<number, 'application-ended'>> {
  const ended = await followCases(tx, cases, context, 'accept');
  const accepted = cases.filter(({ caseId }) => !ended.has(caseId));
  await storeIdentityDigests(
    tx,
    accepted.map(({ prepared: { applicationId, person } }) => ({
      applicationId,
      identityDigest: identityDigest(applicationId, person),
    })),
  );
  const express = await findExpressDays(
    tx,
    accepted.map(({ prepared }) => prepared.applicationId),
  );
  await insertOrders(
    tx,
    accepted.map((one) => orderOf(one, express.get(one.prepared.applicationId) ?? null)),
  );
  return ended;
}

/** The factory’s time counts from the acceptance; until when an express card is due was agreed with its terms. */
function orderOf({ form, record, today, prepared }: Facts, expressDueOn: IsoDate | null): MakingOrder {
  const documents = documentsShown(form);
  return {
    applicationId: prepared.applicationId,
    isExpress: expressDueOn !== null,
    delivery: documents.length > 0 ? 'post' : 'counter',
    visit: documents.length > 0 ? { documents, checkedBy: record.visitCheckedBy ?? '' } : null,
    dueOn: factoryDue(today, expressDueOn),
  };
}
