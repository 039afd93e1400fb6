/**
 * Disclosure of one's own data and of their provision history (住民基本台帳法 30-32 to 30-35; in the text of December 2013 30-37
 * to 30-40): asked for in writing, answered in writing within 30 days with the day of receipt, extended with a notice of the
 * reasons, and corrected where the municipality of residence corrects. Invariant: no copy is edited here. Flow:
 * docs/flows/disclosure.md.
 */
import { choice, code, count, defineProcedure, money, text } from '@ishizue/procedure';
import { CORRECTION_ARTICLE, type DisclosureContext, IDENTITY_ARTICLE } from './disclosure-context.ts';
import { disclosureForm, disclosureRecord, disclosureRefusals, refusalGround } from './disclosure-form.ts';
import { prepareCorrected, prepareDecision, prepareRequest } from './disclosure-questions.ts';
import { disclosureDeadlines, disclosureStates } from './disclosure-stages.ts';

const OFFICER = ['role:disclosure-officer'] as const;
const reason = text({ ja: '理由', en: 'Reason' }, { max: 500, lines: true });

export const identityDisclosure = defineProcedure<DisclosureContext>()(
  {
    id: 'identity-disclosure',
    title: { ja: '本人確認情報の開示', en: 'Disclosure of one’s own identity data' },
    basis: IDENTITY_ARTICLE,
    validFrom: '2016-01-01',
    source:
      '住民基本台帳法 第30条の32 to 第30条の35 (第30条の37 to 第30条の40 in the text of December 2013); 個人情報の保護に関する法律 第76条, 第83条 for provision histories',
    roles: { 'disclosure-officer': { ja: '開示担当', en: 'Officer for disclosure' } },
    subject: { title: { ja: '本人', en: 'The person' }, of: ({ form }) => form.residentCode ?? '' },
    form: disclosureForm,
    record: disclosureRecord,
    // three years after the time for corrections, or after the answer: an appeal comes within one (行政不服審査法 18 (2))
    kept: { years: 3, source: 'decided here' },
    states: disclosureStates,
    deadlines: disclosureDeadlines,
    refusals: disclosureRefusals,
    inbox: ['asks', 'asker', 'delivery'],
  },
  (move) => ({
    apply: move({
      title: { ja: '請求を受理する', en: 'Receive a request' },
      from: 'new',
      to: 'received',
      by: OFFICER,
      prepare: prepareRequest,
      subject: ({ form, prepared }) => prepared.residentCode ?? form.residentCode ?? '',
      guard: ({ form }) => representativeFault(form),
      sets: ({ prepared: { residentCode, fee } }) => ({
        ...(residentCode !== undefined && { residentCode }),
        fee,
      }),
    }),
    pay: move({
      title: { ja: '手数料を収納する', en: 'Take the fee' },
      from: ['received', 'decided'],
      to: 'same',
      by: OFFICER,
      basis: '住民基本台帳法 第30条の34',
      form: { amount: money({ ja: '納付額', en: 'Amount' }, { min: 0 }) },
      guard: ({ own, record: { fee = 0, paid } }) => {
        if (fee === 0) return 'no-fee';
        if (paid !== undefined) return 'fee-paid-already';
        return own.amount === fee ? undefined : 'fee-differs';
      },
      sets: ({ own }) => ({ paid: own.amount }),
    }),
    return: move({
      title: { ja: '補正を求める', en: 'Ask for completion' },
      from: ['received'],
      to: 'deficient',
      by: OFFICER,
      form: { reason },
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '請求書の補正をお願いします（期限 {due}）。{reason}',
            en: 'Please complete your request by {due}. {reason}',
          },
        },
      ],
    }),
    complete: move({
      title: { ja: '補正を受ける', en: 'Take the completion' },
      from: ['deficient'],
      to: 'received',
      by: OFFICER,
      // who it is about stays: another person is another request
      amends: ['identityDocument', 'representative', 'delivery'],
      guard: ({ form }) => representativeFault(form),
    }),
    lapse: move({
      title: { ja: '補正なく終了する', en: 'Lapse' },
      from: ['deficient'],
      to: 'lapsed',
      by: ['clock'],
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '期限までに補正がなかったため、請求を終了しました。',
            en: 'Your request was not completed in time and has ended.',
          },
        },
      ],
    }),
    withdraw: move({
      title: { ja: '取下げを受ける', en: 'Take a withdrawal' },
      from: ['received', 'deficient', 'decided'],
      to: 'withdrawn',
      by: OFFICER,
    }),
    extend: move({
      title: { ja: '期限を延長する', en: 'Extend' },
      from: ['received', 'decided'],
      to: 'same',
      by: OFFICER,
      basis: '住民基本台帳法 第30条の33',
      form: { reason },
      guard: ({ dueOn, today }) => (dueOn !== null && today > dueOn ? 'extension-too-late' : undefined),
      extends: { deadline: 'answer', days: 30, times: 1 },
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '次の理由により期間内に開示をすることができません。開示の期限は{due}です。理由：{reason}',
            en: 'The disclosure cannot be made in time. It will be made by {due}. Reason: {reason}',
          },
        },
      ],
    }),
    decide: move({
      title: { ja: '開示を決定する', en: 'Decide to disclose' },
      from: ['received'],
      to: 'decided',
      by: OFFICER,
      prepare: prepareDecision,
      sets: ({ today }) => ({ decidedOn: today }),
    }),
    refuse: move({
      title: { ja: '開示しない', en: 'Do not disclose' },
      from: ['received'],
      to: 'refused',
      by: OFFICER,
      form: { ground: refusalGround, reason },
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '請求のあった情報は開示できません。理由：{reason}',
            en: 'It cannot be disclosed. Reason: {reason}',
          },
        },
      ],
    }),
    print: move({
      title: { ja: '開示書を作成する', en: 'Make the paper' },
      from: ['decided'],
      to: 'same',
      by: ['system'],
      form: {
        paper: code({ ja: '開示書のSHA-256', en: 'SHA-256 of the paper' }, { pattern: /[0-9a-f]{64}/ }),
        pages: count({ ja: '枚数', en: 'Pages' }, { min: 1 }),
        held: text({ ja: '開示した記録', en: 'Record disclosed' }, { max: 40, optional: true }),
      },
      guard: unpaid,
      sets: ({ own: { paper, pages, held }, today }) => ({ paper, pages, held, printedOn: today }),
    }),
    deliver: move({
      title: { ja: '交付・送付する', en: 'Deliver' },
      from: ['decided'],
      to: 'disclosed',
      by: OFFICER,
      guard: (facts) =>
        unpaid(facts) ?? (facts.record.printedOn === facts.today ? undefined : 'paper-not-made-today'),
      sets: ({ today }) => ({ deliveredOn: today }),
    }),
    'ask-correction': move({
      title: { ja: '訂正等の申出を受ける', en: 'Take a request for correction' },
      from: ['disclosed'],
      to: 'examined',
      by: OFFICER,
      basis: CORRECTION_ARTICLE,
      form: {
        kind: choice(
          { ja: '申出の区分', en: 'Kind' },
          {
            options: {
              correction: { ja: '訂正', en: 'Correction' },
              addition: { ja: '追加', en: 'Addition' },
              deletion: { ja: '削除', en: 'Deletion' },
            },
          },
        ),
        what: text({ ja: '申出の内容', en: 'What is to be corrected' }, { max: 1000, lines: true }),
      },
      guard: ({ form }) => (form.asks === 'provision-history' ? 'no-identity-data-disclosed' : undefined),
    }),
    'ask-municipality': move({
      title: { ja: '市区町村に照会する', en: 'Ask the municipality' },
      from: ['examined'],
      to: 'same',
      by: OFFICER,
      basis: CORRECTION_ARTICLE,
      form: {
        municipality: code({ ja: '市区町村コード', en: 'Municipality' }, { pattern: /\d{6}/ }),
        what: text({ ja: '照会の内容', en: 'What is asked' }, { max: 1000, lines: true }),
      },
      guard: ({ own, record }) =>
        record.held?.split('/')[0] === own.municipality ? undefined : 'not-their-municipality',
      notices: [
        {
          to: 'role:disclosure-officer',
          text: {
            ja: '市区町村{municipality}へ：訂正等の申出がありました。住民票を調査し、必要なら修正して通知してください。{what}',
            en: 'To municipality {municipality}: a correction is asked for. Examine the record; correct and notify it if needed. {what}',
          },
        },
      ],
    }),
    'answer-corrected': move({
      title: { ja: '訂正等の結果を通知する', en: 'Tell that it is corrected' },
      from: ['examined'],
      to: 'disclosed',
      by: OFFICER,
      basis: CORRECTION_ARTICLE,
      form: { result: text({ ja: '調査の結果', en: 'Result' }, { max: 1000, lines: true }) },
      prepare: prepareCorrected,
      sets: ({ prepared }) => ({ held: prepared }),
      notices: [
        {
          to: 'applicant',
          text: { ja: '申出のとおり訂正されました。{result}', en: 'It is corrected. {result}' },
        },
      ],
    }),
    'answer-unchanged': move({
      title: { ja: '訂正しない旨を通知する', en: 'Tell that nothing is changed' },
      from: ['examined'],
      to: 'disclosed',
      by: OFFICER,
      basis: CORRECTION_ARTICLE,
      form: { reason },
      notices: [
        {
          to: 'applicant',
          text: {
            ja: '調査の結果、訂正はありません。理由：{reason}',
            en: 'Nothing is changed. Reason: {reason}',
          },
        },
      ],
    }),
    end: move({ title: { ja: '終了する', en: 'End' }, from: ['disclosed'], to: 'ended', by: ['clock'] }),
  }),
);

/** A fee is paid before anything is handed over. */
function unpaid({
  record: { fee = 0, paid = 0 },
}: {
  readonly record: { readonly fee?: number | undefined; readonly paid?: number | undefined };
}) {
  return paid < fee ? 'fee-unpaid' : undefined;
}

function representativeFault({
  asker,
  representative,
}: {
  readonly asker: string;
  readonly representative?: unknown;
}) {
  if (asker !== 'person' && representative === undefined) return 'representative-missing';
  return asker === 'person' && representative !== undefined ? 'representative-not-asking' : undefined;
}
