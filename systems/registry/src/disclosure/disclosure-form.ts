/** What is written in a request for disclosure, and what the office fixes of it (住民基本台帳法 30-32, 30-35). */
import { choice, code, count, date, group, money, text } from '@ishizue/procedure';
import { parseResidentCode } from '../identity/resident-code.ts';

const identityDocument = choice(
  { ja: '本人確認書類', en: 'Identity document seen' },
  {
    options: {
      'individual-number-card': { ja: '個人番号カード', en: 'Individual number card' },
      'driving-licence': { ja: '運転免許証', en: 'Driving licence' },
      passport: { ja: '旅券', en: 'Passport' },
      'residence-card': { ja: '在留カード等', en: 'Residence card' },
      'two-without-picture': { ja: '写真のない書類2点', en: 'Two documents without a picture' },
    },
  },
);

const representative = group(
  { ja: '法定代理人', en: 'Legal representative' },
  {
    optional: true,
    hint: { ja: '代理人が請求するときに記入します。', en: 'Where a representative asks.' },
    fields: {
      name: text({ ja: '代理人の氏名', en: 'Name' }, { max: 100 }),
      address: text({ ja: '代理人の住所', en: 'Address' }, { max: 200 }),
      authority: choice(
        { ja: '代理権を証する書類', en: 'Proof of authority' },
        {
          options: {
            'family-register': { ja: '戸籍謄本', en: 'Family register' },
            'guardianship-certificate': {
              ja: '登記事項証明書',
              en: 'Certificate of registered guardianship',
            },
          },
        },
      ),
    },
  },
);

/** As the applicant writes it, with what the officer sees at the counter or in the letter. */
export const disclosureForm = {
  name: text({ ja: '氏名', en: 'Name' }, { max: 100 }),
  birthDate: code(
    { ja: '生年月日', en: 'Date of birth' },
    {
      pattern: /\d{4}-\d{2}-\d{2}/,
      hint: { ja: '不明な月日は00とします。', en: '2001-02-03; 00 for a part that nobody knows' },
    },
  ),
  sex: choice(
    { ja: '性別', en: 'Sex' },
    { optional: true, options: { male: { ja: '男', en: 'Male' }, female: { ja: '女', en: 'Female' } } },
  ),
  address: text({ ja: '住所', en: 'Address' }, { max: 200 }),
  residentCode: code(
    { ja: '住民票コード', en: 'Resident code' },
    {
      optional: true,
      pattern: /\d{11}/,
      check: (value) => parseResidentCode(value).ok,
      hint: {
        ja: '都道府県では必要です。全国センターでは同じ記載の人が他にいるときに必要です。',
        en: 'Needed at a prefecture; at the national site where somebody else has the same items.',
      },
    },
  ),
  asks: choice(
    { ja: '請求する情報', en: 'Asked for' },
    {
      options: {
        'identity-data': { ja: '本人確認情報', en: 'Identity data' },
        'provision-history': { ja: '提供状況', en: 'Provision history' },
        both: { ja: '両方', en: 'Both' },
      },
    },
  ),
  asker: choice(
    { ja: '請求者', en: 'Who asks' },
    {
      options: {
        person: { ja: '本人', en: 'The person' },
        parent: { ja: '未成年者の法定代理人', en: 'Legal representative of a minor' },
        guardian: { ja: '成年被後見人の法定代理人', en: 'Legal representative of an adult ward' },
      },
    },
  ),
  identityDocument,
  representative,
  delivery: choice(
    { ja: '交付の方法', en: 'Delivery' },
    {
      options: {
        counter: { ja: '窓口', en: 'At the counter' },
        post: { ja: '郵送', en: 'By post' },
      },
    },
  ),
};

/** What moves fix. */
export const disclosureRecord = {
  residentCode: code({ ja: '住民票コード', en: 'Resident code found' }, { pattern: /\d{11}/ }),
  fee: money({ ja: '手数料', en: 'Fee' }, { min: 0 }),
  paid: money({ ja: '納付額', en: 'Paid' }, { min: 0 }),
  decidedOn: date({ ja: '開示決定日', en: 'Decided on' }),
  paper: code({ ja: '開示書のSHA-256', en: 'SHA-256 of the paper' }, { pattern: /[0-9a-f]{64}/ }),
  pages: count({ ja: '枚数', en: 'Pages' }, { min: 1 }),
  printedOn: date({ ja: '開示書作成日', en: 'Paper made on' }),
  held: text({ ja: '開示した記録', en: 'Record disclosed' }, { max: 40, optional: true }),
  deliveredOn: date({ ja: '交付日', en: 'Delivered on' }),
};

/** Why a request is not answered: the act knows no data that a person may not be shown of themselves. */
export const refusalGround = choice(
  { ja: '開示しない理由の区分', en: 'Ground' },
  {
    options: {
      'not-the-person': { ja: '本人であることを確認できない', en: 'Not shown to be the person' },
      'no-authority': { ja: '代理権を確認できない', en: 'No authority to represent' },
      'endangers-the-person': {
        ja: '代理人への開示が本人の利益を害するおそれ',
        en: 'Disclosure to the representative may endanger the person',
      },
      'fee-not-paid': { ja: '手数料が納付されない', en: 'The fee is not paid' },
    },
  },
);

/** The words of the codes that the rules give. */
export const disclosureRefusals = {
  'resident-code-needed': { ja: '住民票コードが必要です。', en: 'The resident code is needed.' },
  'items-do-not-agree': {
    ja: '記載が住民票コードの記録と一致しません。',
    en: 'The items do not agree with the record of the resident code.',
  },
  'person-ambiguous': {
    ja: '同じ記載の人が複数います。住民票コードが必要です。',
    en: 'Somebody else has the same items: the resident code is needed.',
  },
  'items-unreadable': {
    ja: '氏名・生年月日・住所が読み取れません。',
    en: 'Name, birth date or address cannot be read.',
  },
  'search-not-ready': { ja: '検索の準備中です。', en: 'The search is being prepared.' },
  'history-not-kept-here': {
    ja: '提供状況は全国センターに請求してください。',
    en: 'The provision history is kept by the national site.',
  },
  'representative-missing': { ja: '代理人の記載がありません。', en: 'The representative is missing.' },
  'representative-not-asking': {
    ja: '本人の請求に代理人が記載されています。',
    en: 'The person asks, and a representative is named.',
  },
  'not-a-minor': { ja: '本人は未成年者ではありません。', en: 'The person is not a minor.' },
  'support-measure-in-force': {
    ja: '支援措置中です。住所地の市区町村に照会してください。',
    en: 'A support measure is in force: ask the municipality that decided it.',
  },
  'no-fee': { ja: '手数料はありません。', en: 'There is no fee.' },
  'fee-differs': { ja: '手数料の額と異なります。', en: 'The amount is not the fee.' },
  'fee-paid-already': { ja: '納付済みです。', en: 'The fee is paid already.' },
  'fee-unpaid': { ja: '手数料が納付されていません。', en: 'The fee is not paid.' },
  'extension-too-late': { ja: '期限を過ぎています。', en: 'The deadline has passed.' },
  'paper-not-made-today': { ja: '本日作成した開示書がありません。', en: 'No paper was made today.' },
  'no-identity-data-disclosed': {
    ja: '本人確認情報を開示していません。',
    en: 'No identity data was disclosed.',
  },
  'not-their-municipality': {
    ja: '開示した記録の市区町村ではありません。',
    en: 'Not the municipality whose record was disclosed.',
  },
  'record-unchanged': {
    ja: '市区町村からの通知による記録の変更がありません。',
    en: 'The municipality has sent no other record.',
  },
} as const;
