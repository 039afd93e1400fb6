/** The fields of an application for a card (個人番号カード交付申請書), and what the office fixes about it. */

import { IDENTITY_DOCUMENTS, type IdentityDocument } from '@ishizue/jpki';
import {
  attachment,
  choice,
  code,
  date,
  type FormValue,
  flag,
  group,
  list,
  text,
  type Words,
} from '@ishizue/procedure';
import { parseResidentCode } from '@ishizue/registry';
import { PHOTO_FINDINGS, type PhotoFindingCode } from '../photo/photo-rules.ts';
import { parseApplicationId } from './application-id.ts';
import { DOCUMENT_WORDS, FINDING_WORDS } from './application-words.ts';

const wordsOf = <Code extends string>(codes: readonly Code[], words: Readonly<Record<Code, Words>>) =>
  Object.fromEntries(codes.map((each) => [each, words[each]])) as Readonly<Record<Code, Words>>;

/** How an application comes: by whom it may be sent, and whether it comes complete or as it lies on the desk. */
export const CHANNELS = {
  smartphone: { ja: 'スマートフォン', en: 'Smartphone' },
  pc: { ja: 'パソコン', en: 'Computer' },
  'photo-booth': { ja: '証明写真機', en: 'Photo booth' },
  post: { ja: '郵送', en: 'Post' },
  counter: { ja: '市区町村の窓口', en: 'Municipal counter' },
  outreach: { ja: '出張申請', en: 'Outreach' },
} as const;
export type Channel = keyof typeof CHANNELS;

export const ONLINE: readonly Channel[] = ['smartphone', 'pc', 'photo-booth'];

export const representativeFields = {
  name: text({ ja: '氏名', en: 'Name' }, { max: 100 }),
  relation: choice(
    { ja: '続柄', en: 'Relation' },
    {
      options: {
        parent: { ja: '親権者', en: 'Parent' },
        guardian: { ja: '未成年後見人', en: 'Guardian of a minor' },
        'adult-guardian': { ja: '成年後見人', en: 'Guardian of an adult' },
      },
    },
  ),
  proof: attachment(
    { ja: '代理権を証する書類', en: 'Proof of authority' },
    { types: ['pdf', 'jpeg', 'png'], bytes_max: 5_000_000, optional: true },
  ),
} as const;

export const applicationForm = {
  channel: choice({ ja: '申請の方法', en: 'How it is applied' }, { options: CHANNELS }),
  residentCode: code(
    { ja: '住民票コード', en: 'Resident code' },
    { pattern: /\d{11}/, check: (given) => parseResidentCode(given).ok },
  ),
  formId: code(
    { ja: '交付申請書の申請書ID', en: 'Id on the application form' },
    {
      pattern: /\d{23}/,
      check: (given) => parseApplicationId(given).ok,
      optional: true,
      hint: {
        ja: '申請書IDのある申請書による申請だけ',
        en: 'where the application is made with a form that bears one',
      },
    },
  ),
  name: text(
    { ja: '氏名', en: 'Name' },
    { max: 100, hint: { ja: '住民票のとおり', en: 'as on the resident record' } },
  ),
  birthDate: text(
    { ja: '生年月日', en: 'Date of birth' },
    { max: 10, pattern: /\d{4}-\d{2}-\d{2}/, hint: { ja: '例:1990-04-01', en: 'for example 1990-04-01' } },
  ),
  email: text(
    { ja: '連絡用メールアドレス', en: 'E-mail for notices' },
    {
      max: 254,
      // as browsers take it, so that no header can be made of it
      pattern: /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,186}[A-Za-z0-9])?/,
      optional: true,
      hint: {
        ja: '不備や受理があったことをメールでお知らせします',
        en: 'that there is something to put right, or that it was accepted, is told by e-mail',
      },
    },
  ),
  stayExpiresOn: date(
    { ja: '在留期間の満了日', en: 'End of the period of stay' },
    { optional: true, hint: { ja: '外国籍の方だけ', en: 'from the residence card, where you have one' } },
  ),
  photo: attachment(
    { ja: '顔写真', en: 'Photograph' },
    {
      types: ['jpeg', 'png'],
      bytes_max: 7_340_032,
      optional: true,
      hint: {
        ja: '6か月以内、正面、無帽、無背景、縦4.5:横3.5、480ピクセル以上。1歳未満の方は不要',
        en: 'within six months, front, no hat, plain background, 45 by 35, at least 480 pixels; none below one year',
      },
    },
  ),
  certificates: choice(
    { ja: '電子証明書', en: 'Certificates' },
    {
      options: {
        both: {
          ja: '署名用と利用者証明用(15歳未満は利用者証明用)',
          en: 'Signature (from fifteen) and authentication',
        },
        authentication: { ja: '利用者証明用だけ(署名用は不要)', en: 'Authentication only' },
      },
    },
  ),
  braille: flag({ ja: '点字での氏名の表記を希望する', en: 'My name in braille too' }),
  substitutes: list(
    { ja: '代替文字', en: 'Substitute characters' },
    {
      max: 20,
      optional: true,
      hint: {
        ja: '署名用電子証明書に使えない文字について、示されたものから選んでください',
        en: 'for characters that no signature certificate holds, one of those that are offered',
      },
      fields: {
        character: text({ ja: '氏名・住所の文字', en: 'Character of name or address' }, { max: 2 }),
        substitute: text({ ja: '代替文字', en: 'Substitute' }, { max: 2 }),
      },
    },
  ),
  ward: flag({ ja: '申請者は成年被後見人です', en: 'The applicant is a ward' }),
  representative: group(
    { ja: '法定代理人', en: 'Legal representative' },
    {
      optional: true,
      hint: { ja: '15歳未満の方・成年被後見人', en: 'for whoever is below fifteen, or a ward' },
      fields: representativeFields,
    },
  ),
  terms: text(
    { ja: '窓口で決めた発行条件の番号', en: 'Number of the terms agreed at the counter' },
    {
      max: 64,
      pattern: /[\x21-\x7e]{1,64}/,
      optional: true,
      hint: {
        ja: '再交付手数料がかかる方、特急発行の方、有効なカードと引き換える方で、窓口で番号を受け取った場合',
        en: 'where a counter gave you one: for a fee, for express issue, or for another card in exchange for a valid one',
      },
    },
  ),
  visit: list(
    { ja: '確認した本人確認書類(申請時来庁方式)', en: 'Identity documents that were shown' },
    {
      max: 4,
      optional: true,
      hint: {
        ja: '窓口・出張申請だけ。カードは郵送されます',
        en: 'counter and outreach only; the card comes by post',
      },
      fields: {
        document: choice(
          { ja: '書類', en: 'Document' },
          { options: wordsOf<IdentityDocument>(IDENTITY_DOCUMENTS, DOCUMENT_WORDS) },
        ),
      },
    },
  ),
  declared: flag({ ja: '上のとおり申請します(署名)', en: 'I apply as stated above (signature)' }),
} as const;

export type ApplicationForm = FormValue<typeof applicationForm>;

/** What was shown; a screen sends an empty list where there is nothing. */
export const documentsShown = ({ visit = [] }: ApplicationForm): readonly string[] =>
  visit.map(({ document }) => document);

export const applicationRecord = {
  applicationId: code({ ja: '申請書ID', en: 'Application id' }, { pattern: /\d{23}/ }),
  visitCheckedBy: text(
    { ja: '本人確認をした者', en: 'Who checked the documents' },
    { max: 80, optional: true },
  ),
  findings: list(
    { ja: '写真の機械的な確認', en: 'What a program found on the photograph' },
    {
      max: 30,
      fields: {
        finding: choice(
          { ja: '確認結果', en: 'Finding' },
          { options: wordsOf<PhotoFindingCode>(PHOTO_FINDINGS, FINDING_WORDS) },
        ),
        value: text({ ja: '値', en: 'Value' }, { max: 20 }),
        bound: text({ ja: '基準', en: 'Bound' }, { max: 20 }),
      },
    },
  ),
} as const;
