/** The states of a disclosure, and its deadlines: thirty days from receipt, and three years for corrections (docs/flows/disclosure.md). */

export const disclosureStates = {
  received: { title: { ja: '受理', en: 'Received' }, deadline: 'answer' },
  deficient: { title: { ja: '補正待ち', en: 'To be completed' }, deadline: 'completion' },
  decided: { title: { ja: '開示決定', en: 'To be disclosed' }, deadline: 'answer' },
  disclosed: { title: { ja: '開示済', en: 'Disclosed' }, deadline: 'correction-time' },
  examined: { title: { ja: '訂正等の調査中', en: 'Correction examined' }, deadline: 'examination' },
  refused: { title: { ja: '不開示', en: 'Not disclosed' }, closed: true },
  withdrawn: { title: { ja: '取下げ', en: 'Withdrawn' }, closed: true },
  lapsed: { title: { ja: '補正なく終了', en: 'Lapsed' }, closed: true },
  ended: { title: { ja: '終了', en: 'Ended' }, closed: true },
} as const;

export const disclosureDeadlines = {
  answer: {
    title: { ja: '開示の期限', en: 'Disclosure' },
    days: 30,
    count: 'calendar',
    countsFirstDay: true,
    owner: 'role:disclosure-officer',
    passed: { alarm: { ja: '開示の期限を過ぎました。', en: 'The disclosure is late.' } },
  },
  completion: {
    title: { ja: '補正の期限', en: 'Completion' },
    days: 30,
    count: 'calendar',
    owner: 'applicant',
    restarts: true,
    passed: { move: 'lapse' },
  },
  examination: {
    title: { ja: '調査の期限', en: 'Examination' },
    days: 30,
    count: 'calendar',
    owner: 'role:disclosure-officer',
    restarts: true,
    passed: { alarm: { ja: '調査が遅れています。', en: 'The examination is late.' } },
  },
  'correction-time': {
    title: { ja: '訂正等の申出の受付', en: 'Time for corrections' },
    days: 1095,
    count: 'calendar',
    owner: 'applicant',
    restarts: true,
    passed: { move: 'end' },
  },
} as const;
