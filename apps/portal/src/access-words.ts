/**
 * The codes of ledger entries in words: business codes, data items, laws. A code that is not here is shown as it is:
 * the record counts, the word only helps.
 */
import type { Bilingual, ShownAccess } from '@ishizue/demo';
import type { Reader } from './reader.ts';

const both = (ja: string, en: string): Bilingual => ({ ja, en });

const ACTORS: Readonly<Record<ShownAccess['actorKind'], Bilingual>> = {
  person: both('本人', 'The person'),
  operator: both('職員', 'An official'),
  site: both('ほかのサイト', 'Another site'),
  system: both('システム', 'The system'),
};

const AFFAIRS: ReadonlyMap<string, Bilingual> = new Map([
  ['resident-registration', both('住民基本台帳の記録', 'Resident registration')],
  ['register-load', both('住民記録の初期登録', 'Load of the register')],
  ['identity-notice', both('本人確認情報の通知', 'Notice of identity data')],
  ['identity-confirmation', both('本人確認情報の確認', 'Confirmation of identity')],
  ['numbering', both('個人番号の指定', 'Assignment of the My Number')],
  ['card-issue', both('カードの交付', 'Issue of a card')],
  ['card-application-state', both('カード申請の照会', 'State of a card application')],
  ['card-void', both('カードの失効', 'Voiding of a card')],
  ['certificate-issue', both('電子証明書の発行', 'Issue of a certificate')],
  ['certificate-revocation', both('電子証明書の失効', 'Revocation of a certificate')],
  ['kiosk-authentication', both('コンビニ交付の本人確認', 'Authentication at the kiosk')],
  ['kiosk-certificate', both('コンビニ交付', 'Certificate at the kiosk')],
  ['sign-in', both('サインイン', 'Sign-in')],
  ['serial-links', both('電子証明書のシリアル番号の紐付け', 'Links between serial numbers')],
  ['consent', both('利用者情報の提供への同意', 'Consent to the latest attributes')],
  ['consent-list', both('同意の一覧', 'List of consents')],
  ['consent-withdrawal', both('同意の撤回', 'Withdrawal of a consent')],
  ['latest-attributes', both('最新の利用者情報の提供', 'Provision of the latest attributes')],
  ['own-accesses', both('自分の記録の閲覧', 'Reading one’s own accesses')],
]);

const FIELDS: ReadonlyMap<string, Bilingual> = new Map([
  ['resident-record', both('住民票', 'Resident record')],
  ['name', both('氏名', 'Name')],
  ['birth-date', both('生年月日', 'Date of birth')],
  ['sex', both('性別', 'Sex')],
  ['address', both('住所', 'Address')],
  ['resident-code', both('住民票コード', 'Resident code')],
  ['individual-number', both('個人番号', 'My Number')],
  ['card', both('カード', 'Card')],
  ['card-application', both('カード申請', 'Card application')],
  ['application-state', both('申請の状態', 'State of the application')],
  ['making-order', both('製造の順番', 'Order of making')],
  ['print', both('券面の印刷', 'Printing of the face')],
  ['shipment', both('発送', 'Shipment')],
  ['arrival', both('市区町村への到着', 'Arrival at the municipality')],
  ['set-up', both('交付前設定', 'Set-up')],
  ['delivery-notice', both('交付通知書', 'Delivery notice')],
  ['hand-over-open', both('受け渡しの開始', 'Hand-over begun')],
  ['hand-over', both('受け渡し', 'Handed over')],
  ['lost-underway', both('交付前の紛失', 'Lost before hand-over')],
  ['destruction', both('廃棄', 'Destruction')],
  ['made', both('製造', 'Made')],
  ['void', both('失効', 'Voided')],
  ['certificate', both('証明書', 'Certificate')],
  ['certificate-request', both('証明書の請求', 'Request for a certificate')],
  ['authentication-certificate', both('利用者証明用電子証明書', 'Authentication certificate')],
  ['signature-certificate', both('署名用電子証明書', 'Signature certificate')],
  ['older-serials', both('更新前のシリアル番号', 'Older serial numbers')],
  ['newer-serials', both('更新後のシリアル番号', 'Newer serial numbers')],
  ['other-certificate', both('同じカードのもう一方の電子証明書', 'The other certificate of the card')],
  ['consent', both('同意', 'Consent')],
  ['ledger-entries', both('アクセスの記録', 'Record of accesses')],
  ['searched-by-name', both('氏名で検索', 'Searched by name')],
  ['searched-by-birth-date', both('生年月日で検索', 'Searched by date of birth')],
  ['initial-load', both('初期登録', 'Initial load')],
  ['birth', both('出生', 'Birth')],
  ['move-in', both('転入', 'Move into the city')],
  ['move-within', both('転居', 'Move within the city')],
  ['move-out', both('転出', 'Move out of the city')],
  ['minor-correction', both('軽微な修正', 'Minor correction')],
  ['death', both('死亡', 'Death')],
  ['ex-officio-entry', both('職権記載', 'Entry ex officio')],
  ['ex-officio-removal', both('職権消除', 'Removal ex officio')],
  ['ex-officio-correction', both('職権修正', 'Correction ex officio')],
  ['alias-change', both('通称の変更', 'Change of alias')],
  ['former-surname-change', both('旧氏の変更', 'Change of former surname')],
  ['undo', both('異動の取消し・回復', 'Event undone')],
  ['residence-conflict', both('住所の重複の照会', 'Conflict of residence')],
  ['number-assigned', both('個人番号の記載', 'Number assigned')],
  ['number-changed', both('個人番号の変更', 'Number changed')],
]);

/** Results besides the refusals: what was done is said, where it is more than that the access was allowed. */
const DONE: ReadonlyMap<string, Bilingual> = new Map([
  ['ok', both('許可', 'Allowed')],
  ['rendered', both('作成', 'Made')],
  ['revoked', both('失効', 'Revoked')],
  ['not-revoked', both('失効せず', 'Left valid')],
  ['withdrawn', both('撤回', 'Withdrawn')],
  ['already-withdrawn', both('撤回済み', 'Withdrawn before')],
  ['already-revoked', both('失効済み', 'Revoked before')],
]);

const LAWS: ReadonlyMap<string, string> = new Map([
  ['住民基本台帳法', 'Resident Registration Act'],
  ['番号法', 'My Number Act'],
  ['公的個人認証法', 'Citizen PKI Act'],
]);

const ARTICLE = /^(\S+法) 第(\d+)条(?:の(\d+))?$/;

export const actorWord = (reader: Reader, kind: ShownAccess['actorKind']): string =>
  reader.tell(ACTORS[kind]);

const wordFor = (words: ReadonlyMap<string, Bilingual>, reader: Reader, code: string): string => {
  const known = words.get(code);
  return known === undefined ? code : reader.tell(known);
};

export const affairWord = (reader: Reader, code: string): string => wordFor(AFFAIRS, reader, code);

export const fieldWord = (reader: Reader, code: string): string => wordFor(FIELDS, reader, code);

/** What an access came to; undefined where it was refused. */
export function doneWord(reader: Reader, result: string): string | undefined {
  const known = DONE.get(result);
  return known && reader.tell(known);
}

/** `住民基本台帳法 第30条の8` → `Resident Registration Act, art. 30-8`; as it is where the law is not known. */
export function articleWord(reader: Reader, article: string): string {
  if (reader.language === 'ja') return article;
  const [, lawJa = '', number, branch] = ARTICLE.exec(article) ?? [];
  const law = LAWS.get(lawJa);
  if (law === undefined || number === undefined) return article;
  return `${law}, art. ${number}${branch === undefined ? '' : `-${branch}`}`;
}
