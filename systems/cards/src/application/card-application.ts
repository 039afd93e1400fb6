/**
 * Applying for an individual number card (番号法 art. 16-2) as a procedure: from whichever channel it comes to the factory's queue.
 * What comes online comes complete or is refused at once; what comes on paper is taken as it is and returned. Invariant: a
 * person has one open application, and no valid card beside it that no ground lets stand (省令 art. 24). Flow: docs/flows/card-application.md.
 */
import { choices, defineProcedure, text } from '@ishizue/procedure';
import { CARD_CLERK } from '../card-clerk.ts';
import type { CardsContext } from '../cards-context.ts';
import { stillNeeded, takeWishes } from '../retention/application-keeping.ts';
import { KEPT_SOURCE, yearsKept } from '../retention/years-kept.ts';
import { acceptApplications, enterApplications, followCases } from './application-effects.ts';
import { deficienciesOf, findingsOf, hardFaults } from './application-faults.ts';
import { applicationForm, applicationRecord, documentsShown, ONLINE } from './application-form.ts';
import { REFUSALS } from './application-refusals.ts';
import { storeWishes } from './application-wish.ts';
import { DEFICIENCIES } from './deficiencies.ts';
import { type ApplicationFacts, type Examined, examineApplications } from './examine-applications.ts';

const CLERK = `role:${CARD_CLERK}` as const;

type Facts = ApplicationFacts<unknown, Examined>;

const examinedOf = ({ form, openedOn, prepared: { person, photo } }: Facts) => ({
  form,
  person,
  photo,
  receivedOn: openedOn,
});

/** Why the application is not taken; on paper it is taken with what can still be put right. */
function notTaken(facts: Facts): keyof typeof REFUSALS | undefined {
  const isOnline = ONLINE.includes(facts.form.channel);
  const by = isOnline ? ['person:', 'bearer:'] : ['operator:'];
  if (!by.some((kind) => facts.actor.startsWith(kind))) return 'channel-not-yours';
  if (!facts.prepared.isFormRight) return 'wrong-id';
  if (isOnline && documentsShown(facts.form).length > 0) return 'identity-not-proved';
  const examined = examinedOf(facts);
  return hardFaults(examined)[0] ?? (isOnline ? deficienciesOf(examined)[0] : undefined);
}

const notAccepted = (facts: Facts): keyof typeof REFUSALS | undefined =>
  hardFaults(examinedOf(facts))[0] ?? deficienciesOf(examinedOf(facts))[0];

const fixed = (facts: Facts) => ({
  applicationId: facts.prepared.applicationId,
  findings: findingsOf(examinedOf(facts)).map(({ code, value, bound }) => ({
    finding: code,
    value: String(value),
    bound: String(bound),
  })),
});

const VALID_FROM = '2016-01-01';
const YEARS = yearsKept(VALID_FROM);

export const cardApplication = defineProcedure<CardsContext>()(
  {
    id: 'card-application',
    title: { ja: '個人番号カードの交付申請', en: 'Application for a card' },
    basis: '番号法 第16条の2',
    validFrom: VALID_FROM,
    source:
      '番号法 art. 16-2, 施行令 art. 13, 個人番号カード省令 art. 24; days of deadlines are decided here',
    roles: { [CARD_CLERK]: { ja: 'カード交付担当', en: 'Card clerk' } },
    subject: { title: { ja: '申請者', en: 'Applicant' }, of: ({ form }) => form.residentCode },
    form: applicationForm,
    record: applicationRecord,
    kept: {
      years: YEARS.withCard,
      after: { refused: YEARS.withoutCard, withdrawn: YEARS.withoutCard, lapsed: YEARS.withoutCard },
      source: KEPT_SOURCE,
      needed: stillNeeded,
      effect: takeWishes,
    },
    states: {
      received: { title: { ja: '審査中', en: 'Under review' }, deadline: 'screening' },
      deficient: { title: { ja: '不備あり・再提出待ち', en: 'To be put right' }, deadline: 'correction' },
      accepted: { title: { ja: '受理(カード作成へ)', en: 'Accepted, to be made' }, closed: true },
      refused: { title: { ja: '不受理', en: 'Refused' }, closed: true },
      withdrawn: { title: { ja: '取下げ', en: 'Withdrawn' }, closed: true },
      lapsed: { title: { ja: '期限切れ', en: 'Lapsed' }, closed: true },
    },
    deadlines: {
      screening: {
        title: { ja: '審査の期限', en: 'Time for review' },
        days: 5,
        count: 'business',
        owner: CLERK,
        passed: { alarm: { ja: '申請の審査が遅れています。', en: 'The review of an application is late.' } },
      },
      correction: {
        title: { ja: '再提出の期限', en: 'Time to put it right' },
        days: 90,
        count: 'calendar',
        owner: 'applicant',
        restarts: true,
        passed: { move: 'lapse' },
      },
    },
    refusals: REFUSALS,
    inbox: ['channel', 'name'],
  },
  (move) => ({
    apply: move({
      title: { ja: '申請する', en: 'Apply' },
      from: 'new',
      to: 'received',
      by: ['applicant', 'bearer', CLERK],
      prepare: examineApplications,
      guard: notTaken,
      sets: (facts) => ({
        ...fixed(facts),
        ...(documentsShown(facts.form).length > 0 && { visitCheckedBy: facts.actor }),
      }),
      effect: enterApplications,
    }),
    return: move({
      title: { ja: '不備を知らせる', en: 'Return for correction' },
      from: ['received'],
      to: 'deficient',
      by: [CLERK],
      form: {
        deficiencies: choices({ ja: '不備', en: 'What is wrong' }, { min: 1, options: DEFICIENCIES }),
        remark: text({ ja: '補足', en: 'Remark' }, { max: 500, lines: true, optional: true }),
      },
      effect: (tx, cases, context) => followCases(tx, cases, context, 'return'),
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '個人番号カードの申請に不備がありました。\n{deficiencies}\n{remark}\n{due}までに直して再提出してください。',
            en: 'Your application for a card has to be put right.\n{deficiencies}\n{remark}\nPlease do so by {due}.',
          },
        },
      ],
    }),
    resubmit: move({
      title: { ja: '直して再提出する', en: 'Put right and send again' },
      from: ['deficient'],
      to: 'received',
      by: ['applicant', 'bearer', CLERK],
      amends: ['name', 'birthDate', 'photo', 'substitutes', 'representative', 'declared'],
      prepare: examineApplications,
      guard: (facts) => {
        const isOnline = ONLINE.includes(facts.form.channel);
        return (
          hardFaults(examinedOf(facts))[0] ?? (isOnline ? deficienciesOf(examinedOf(facts))[0] : undefined)
        );
      },
      sets: fixed,
      effect: async (tx, cases, context) => {
        const ended = await followCases(tx, cases, context, 'resubmit');
        await storeWishes(
          tx,
          cases.filter(({ caseId }) => !ended.has(caseId)),
        );
        return ended;
      },
    }),
    accept: move({
      title: { ja: '受理する', en: 'Accept' },
      from: ['received'],
      to: 'accepted',
      by: [CLERK],
      prepare: examineApplications,
      guard: notAccepted,
      sets: fixed,
      effect: acceptApplications,
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '個人番号カードの申請を受理しました。カードができるまで、しばらくお待ちください。',
            en: 'Your application for a card was accepted. Please wait until the card is made.',
          },
        },
      ],
    }),
    refuse: move({
      title: { ja: '受理しない', en: 'Refuse' },
      from: ['received', 'deficient'],
      to: 'refused',
      by: [CLERK],
      form: { reason: text({ ja: '理由', en: 'Reason' }, { max: 500, lines: true }) },
      effect: end('refused-by-office'),
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '個人番号カードの申請は受理できませんでした。理由:{reason}',
            en: 'Your application for a card could not be accepted. Reason: {reason}',
          },
        },
      ],
    }),
    withdraw: move({
      title: { ja: '取り下げる', en: 'Withdraw' },
      from: ['received', 'deficient'],
      to: 'withdrawn',
      by: ['applicant', CLERK],
      effect: end('withdrawn'),
    }),
    lapse: move({
      title: { ja: '期限切れとする', en: 'Lapse' },
      from: ['deficient'],
      to: 'lapsed',
      by: ['clock'],
      effect: end('lapsed'),
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '期限までに再提出がなかったため、個人番号カードの申請は終わりました。改めて申請できます。',
            en: 'Your application for a card has ended, since it was not put right in time. You may apply again.',
          },
        },
      ],
    }),
  }),
);

/** The application ends with its case; where it has ended by itself (a death) only the case is closed. */
function end(reason: string) {
  return async (
    tx: Parameters<typeof followCases>[0],
    cases: readonly ApplicationFacts[],
    context: CardsContext,
  ): Promise<void> => {
    await followCases(tx, cases, context, 'refuse', reason);
  };
}
