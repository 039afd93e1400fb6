/**
 * Disclosure of what is kept of oneself, as a test of what definitions can say: in writing within 30 days, one extension with a
 * notice, a fee before the copy is handed over, and a correction that is asked for afterwards. The periods are those of
 * 個人情報の保護に関する法律 76, 83 and 90; no real office's procedure.
 */
import { attachment, choice, defineProcedure, flag, money, text } from '../index.ts';

export const disclosure = defineProcedure()(
  {
    id: 'disclosure',
    title: { ja: '保有個人情報の開示', en: 'Disclosure of personal data' },
    basis: '個人情報の保護に関する法律 第76条',
    validFrom: '2023-04-01',
    source: '個人情報の保護に関する法律 第76条、第83条、第89条、第90条',
    roles: { 'disclosure-officer': { ja: '開示担当', en: 'Disclosure officer' } },
    subject: { title: { ja: '本人', en: 'The person' }, of: ({ applicant }) => applicant },
    form: {
      what: choice(
        { ja: '請求の内容', en: 'What is asked for' },
        {
          options: {
            data: { ja: '記録された情報', en: 'The data' },
            history: { ja: '提供の状況', en: 'To whom they were given' },
          },
        },
      ),
      byPost: flag({ ja: '郵送を希望する', en: 'By post' }),
    },
    record: { fee: money({ ja: '手数料', en: 'Fee' }, {}) },
    states: {
      asked: { title: { ja: '請求受付', en: 'Asked for' }, deadline: 'decision' },
      returned: { title: { ja: '補正待ち', en: 'Returned for correction' } },
      'fee-due': { title: { ja: '手数料待ち', en: 'Fee due' }, deadline: 'payment' },
      disclosed: { title: { ja: '開示済', en: 'Disclosed' }, deadline: 'objection' },
      correcting: { title: { ja: '訂正審査中', en: 'Correction under review' }, deadline: 'correction' },
      done: { title: { ja: '完了', en: 'Done' }, closed: true },
      refused: { title: { ja: '不開示', en: 'Refused' }, closed: true },
      unpaid: { title: { ja: '手数料未納', en: 'Not paid' }, closed: true },
    },
    deadlines: {
      decision: {
        title: { ja: '開示決定期限', en: 'Decision' },
        days: 30,
        count: 'calendar',
        owner: 'role:disclosure-officer',
        passed: { alarm: { ja: '開示決定の期限を過ぎました。', en: 'The decision is late.' } },
      },
      payment: {
        title: { ja: '納付期限', en: 'Payment' },
        days: 30,
        count: 'calendar',
        owner: 'applicant',
        passed: { move: 'close-unpaid' },
      },
      objection: {
        title: { ja: '訂正請求期限', en: 'Time to ask for a correction' },
        days: 90,
        count: 'calendar',
        owner: 'applicant',
        passed: { move: 'finish' },
      },
      correction: {
        title: { ja: '訂正決定期限', en: 'Decision on the correction' },
        days: 30,
        count: 'calendar',
        owner: 'role:disclosure-officer',
        passed: {
          alarm: { ja: '訂正決定の期限を過ぎました。', en: 'The decision on the correction is late.' },
        },
      },
    },
    inbox: ['what'],
  },
  (move) => {
    const by = ['role:disclosure-officer'] as const;
    const form = { reason: text({ ja: '理由', en: 'Reason' }, { max: 500, lines: true }) };
    const tells = (ja: string, en: string) => [{ to: 'applicant', text: { ja, en } }] as const;
    return {
      ask: move({
        title: { ja: '開示を請求する', en: 'Ask for disclosure' },
        from: 'new',
        to: 'asked',
        by: ['applicant', ...by],
      }),
      return: move({
        title: { ja: '補正を求める', en: 'Return' },
        from: ['asked'],
        to: 'returned',
        by,
        form,
        notices: tells('{reason}', '{reason}'),
      }),
      correct: move({
        title: { ja: '補正する', en: 'Correct' },
        from: ['returned'],
        to: 'asked',
        by: ['applicant'],
        amends: 'all',
      }),
      extend: move({
        title: { ja: '期限を延長する', en: 'Extend the time' },
        from: ['asked'],
        to: 'same',
        by,
        form,
        extends: { deadline: 'decision', days: 30, times: 1 },
        basis: '個人情報の保護に関する法律 第83条第2項',
        notices: tells('{due}まで延長します。{reason}', 'Extended to {due}. {reason}'),
      }),
      decide: move({
        title: { ja: '開示を決定する', en: 'Decide to disclose' },
        from: ['asked'],
        to: 'fee-due',
        by,
        form: { fee: money({ ja: '手数料', en: 'Fee' }, { max: 100_000 }) },
        sets: ({ own }) => ({ fee: own.fee }),
        notices: tells(
          '開示します。手数料は{fee}円、{due}までに納めてください。',
          'Granted. The fee of {fee} yen is due by {due}.',
        ),
      }),
      refuse: move({
        title: { ja: '不開示とする', en: 'Refuse' },
        from: ['asked'],
        to: 'refused',
        by,
        form,
        notices: tells('{reason}', '{reason}'),
      }),
      disclose: move({
        title: { ja: '納付を確認し書面を交付する', en: 'Hand the copy over' },
        from: ['fee-due'],
        to: 'disclosed',
        by,
        form: {
          copy: attachment({ ja: '開示文書', en: 'The copy' }, { types: ['pdf'], bytes_max: 1_000_000 }),
        },
      }),
      'close-unpaid': move({
        title: { ja: '未納により終了する', en: 'Close unpaid' },
        from: ['fee-due'],
        to: 'unpaid',
        by: ['clock'],
      }),
      'ask-for-correction': move({
        title: { ja: '訂正を請求する', en: 'Ask for a correction' },
        from: ['disclosed'],
        to: 'correcting',
        by: ['applicant'],
        form,
      }),
      'decide-correction': move({
        title: { ja: '訂正について決定する', en: 'Decide on the correction' },
        from: ['correcting'],
        to: 'done',
        by,
        form: { corrected: flag({ ja: '訂正する', en: 'Corrected' }), ...form },
        notices: tells('{reason}', '{reason}'),
      }),
      finish: move({
        title: { ja: '終了する', en: 'Finish' },
        from: ['disclosed'],
        to: 'done',
        by: ['clock'],
      }),
    };
  },
);
