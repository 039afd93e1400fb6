/** An adviser's visit to a municipality: asked for, matched, held, reported (domain rules 16). The example of docs/adding-a-procedure.md. */
import { date, defineProcedure, text } from '@ishizue/procedure';

export const adviserVisit = defineProcedure()(
  {
    id: 'adviser-visit',
    title: { ja: 'アドバイザー派遣', en: 'Visit of an adviser' },
    basis: '地方公共団体情報システム機構法 第22条',
    validFrom: '2024-04-01',
    source: 'domain rules 16',
    roles: { 'visit-officer': { ja: '派遣担当', en: 'Officer for visits' } },
    subject: { title: { ja: '申込団体', en: 'Asking body' }, of: ({ applicant }) => applicant },
    form: {
      topic: text({ ja: '相談内容', en: 'Topic' }, { max: 500, lines: true }),
      wishedOn: date({ ja: '希望日', en: 'Wished for' }),
    },
    record: { visitOn: date({ ja: '派遣日', en: 'Day of the visit' }) },
    kept: { years: 3, source: 'decided here' },
    states: {
      asked: { title: { ja: '申込受付', en: 'Asked for' }, deadline: 'answer' },
      matched: { title: { ja: '派遣決定', en: 'Matched' } },
      reported: { title: { ja: '報告済', en: 'Reported' }, closed: true },
      declined: { title: { ja: '派遣なし', en: 'Declined' }, closed: true },
    },
    deadlines: {
      answer: {
        title: { ja: '回答期限', en: 'Answer' },
        days: 10,
        count: 'business',
        owner: 'role:visit-officer',
        passed: { alarm: { ja: '回答が遅れています。', en: 'The answer is late.' } },
      },
    },
    refusals: { 'day-past': { ja: '派遣日が過ぎています。', en: 'The day of the visit is past.' } },
    inbox: ['wishedOn'],
  },
  (move) => ({
    ask: move({
      title: { ja: '申し込む', en: 'Ask for a visit' },
      from: 'new',
      to: 'asked',
      by: ['applicant'],
    }),
    match: move({
      title: { ja: '派遣を決める', en: 'Match' },
      from: ['asked'],
      to: 'matched',
      by: ['role:visit-officer'],
      form: { visitOn: date({ ja: '派遣日', en: 'Day of the visit' }) },
      guard: ({ own, today }) => (own.visitOn < today ? 'day-past' : undefined),
      sets: ({ own }) => ({ visitOn: own.visitOn }),
      notices: [
        { to: 'applicant', text: { ja: '{visitOn}に伺います。', en: 'The adviser comes on {visitOn}.' } },
      ],
    }),
    decline: move({
      title: { ja: '派遣しない', en: 'Decline' },
      from: ['asked'],
      to: 'declined',
      by: ['role:visit-officer'],
      form: { reason: text({ ja: '理由', en: 'Reason' }, { max: 200 }) },
      notices: [{ to: 'applicant', text: { ja: '{reason}', en: '{reason}' } }],
    }),
    report: move({
      title: { ja: '報告する', en: 'Report' },
      from: ['matched'],
      to: 'reported',
      by: ['role:visit-officer'],
      form: { outcome: text({ ja: '結果', en: 'Outcome' }, { max: 2000, lines: true }) },
    }),
  }),
);
