/**
 * The procedure of `procedure-year`: an application for a card through the states of a year's work (domain rules 5.1), with
 * the deadlines, notices and guards that a definition of this kind has. It stands for the real one and changes no tables.
 */
import { choice, code, count, date, defineProcedure, flag, text } from '@ishizue/procedure';

const CLERK = ['role:card-clerk'] as const;

export const yearProcedure = defineProcedure()(
  {
    id: 'year-application',
    title: { ja: 'カードの申請', en: 'Application for a card' },
    basis: '番号法 第16条の2',
    validFrom: '2016-01-01',
    source: 'domain rules 5.1',
    roles: { 'card-clerk': { ja: '審査担当', en: 'Clerk' } },
    subject: { title: { ja: '申請者', en: 'Applicant' }, of: ({ form }) => form.residentCode },
    form: {
      residentCode: code({ ja: '住民票コード', en: 'Resident code' }, { pattern: /\d{11}/ }),
      applicationId: code({ ja: '申請書ID', en: 'Id of the form' }, { pattern: /\d{23}/ }),
      channel: choice(
        { ja: '申請方法', en: 'Channel' },
        {
          options: {
            phone: { ja: 'スマートフォン', en: 'Phone' },
            booth: { ja: '証明写真機', en: 'Booth' },
            post: { ja: '郵便', en: 'Post' },
            counter: { ja: '窓口', en: 'Counter' },
          },
        },
      ),
      birthDate: date({ ja: '生年月日', en: 'Date of birth' }),
      photo: code({ ja: '写真の識別子', en: 'Id of the photo' }, { pattern: /[0-9a-f]{32}/ }),
      withSignature: flag({ ja: '署名用電子証明書', en: 'Signature certificate' }),
      withAuthentication: flag({ ja: '利用者証明用電子証明書', en: 'Authentication certificate' }),
      email: text({ ja: 'メールアドレス', en: 'Mail address' }, { max: 200, optional: true }),
    },
    record: { corrections: count({ ja: '補正の回数', en: 'Corrections' }, {}) },
    kept: { years: 15, source: 'as the real one' },
    states: {
      received: { title: { ja: '受付済', en: 'Received' }, deadline: 'screening' },
      screening: { title: { ja: '審査中', en: 'Screening' }, deadline: 'screening' },
      deficient: { title: { ja: '不備あり', en: 'Deficient' }, deadline: 'correction' },
      accepted: { title: { ja: '受理', en: 'Accepted' } },
      linked: { title: { ja: 'データ連携済', en: 'Data linked' } },
      manufacturing: { title: { ja: '製造中', en: 'Manufacturing' } },
      inspected: { title: { ja: '検査済', en: 'Inspected' } },
      shipped: { title: { ja: '発送済', en: 'Shipped' } },
      arrived: { title: { ja: '到着', en: 'Arrived' } },
      prepared: { title: { ja: '交付前設定済', en: 'Prepared' } },
      called: { title: { ja: '交付通知済', en: 'Called' }, deadline: 'collection' },
      handed: { title: { ja: '交付済', en: 'Handed over' }, closed: true },
      expired: { title: { ja: '未交付廃棄', en: 'Not collected' }, closed: true },
      lapsed: { title: { ja: '取下げ', en: 'Lapsed' }, closed: true },
    },
    deadlines: {
      screening: {
        title: { ja: '審査期間', en: 'Screening' },
        days: 10,
        count: 'business',
        owner: 'role:card-clerk',
        passed: { alarm: { ja: '審査が遅れています。', en: 'The screening is late.' } },
      },
      correction: {
        title: { ja: '補正期限', en: 'Correction' },
        days: 30,
        count: 'calendar',
        owner: 'applicant',
        restarts: true,
        passed: { move: 'lapse' },
      },
      collection: {
        title: { ja: '受取期限', en: 'Collection' },
        days: 90,
        count: 'calendar',
        owner: 'applicant',
        restarts: true,
        passed: { move: 'expire' },
      },
    },
    refusals: { 'no-certificate': { ja: '電子証明書がありません。', en: 'No certificate.' } },
    inbox: ['channel'],
  },
  (move) => {
    /** A step that looks at the state alone. */
    const step = (
      ja: string,
      en: string,
      from: Parameters<typeof move>[0]['from'],
      to: Parameters<typeof move>[0]['to'],
    ) => move({ title: { ja, en }, from, to, by: CLERK });
    return {
      apply: move({
        title: { ja: '申請する', en: 'Apply' },
        from: 'new',
        to: 'received',
        by: ['applicant', ...CLERK],
      }),
      screen: step('審査に着手する', 'Begin to screen', ['received'], 'screening'),
      return: move({
        title: { ja: '不備を通知する', en: 'Tell what is deficient' },
        from: ['screening'],
        to: 'deficient',
        by: CLERK,
        form: {
          reason: choice(
            { ja: '不備', en: 'Deficiency' },
            { options: { photo: { ja: '写真', en: 'Photo' }, unsigned: { ja: '署名', en: 'Signature' } } },
          ),
        },
        sets: ({ record }) => ({ corrections: (record.corrections ?? 0) + 1 }),
        notices: [
          {
            to: 'applicant',
            text: {
              ja: '申請 {case} に不備があります。{due}までに再提出してください。',
              en: 'Application {case} is deficient. Please send it again by {due}.',
            },
          },
        ],
      }),
      resubmit: move({
        title: { ja: '再提出する', en: 'Send again' },
        from: ['deficient'],
        to: 'screening',
        by: ['applicant', ...CLERK],
        amends: ['photo'],
      }),
      accept: move({
        title: { ja: '受理する', en: 'Accept' },
        from: ['screening'],
        to: 'accepted',
        by: CLERK,
        guard: ({ form }) => (form.withSignature || form.withAuthentication ? undefined : 'no-certificate'),
      }),
      link: step('住基データと連携する', 'Link the data', ['accepted'], 'linked'),
      manufacture: step('製造に回す', 'Send to manufacture', ['linked'], 'manufacturing'),
      inspect: step('検査する', 'Inspect', ['manufacturing'], 'inspected'),
      ship: step('発送する', 'Ship', ['inspected'], 'shipped'),
      arrive: step('到着を記録する', 'Note the arrival', ['shipped'], 'arrived'),
      prepare: step('交付前設定をする', 'Prepare', ['arrived'], 'prepared'),
      call: move({
        title: { ja: '交付通知書を送る', en: 'Send the notice' },
        from: ['prepared'],
        to: 'called',
        by: CLERK,
        notices: [
          {
            to: 'applicant',
            text: {
              ja: 'カードができました。{due}までにお受け取りください。',
              en: 'Your card is ready. Please collect it by {due}.',
            },
          },
        ],
      }),
      'hand-over': step('交付する', 'Hand over', ['called'], 'handed'),
      expire: move({
        title: { ja: '廃棄する', en: 'Destroy' },
        from: ['called'],
        to: 'expired',
        by: ['clock'],
      }),
      lapse: move({
        title: { ja: '取下げとみなす', en: 'Lapse' },
        from: ['deficient'],
        to: 'lapsed',
        by: ['clock'],
      }),
    };
  },
);
