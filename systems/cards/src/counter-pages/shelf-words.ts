/** What the pages of arriving parcels and of the set-up say of a scan. */
import type { Words } from '@ishizue/pages';
import type { NotReady } from '../hand-over/check-ready.ts';
import type { ScanFailure } from '../shipment/receive-parcel.ts';
import { REFUSAL_WORDS } from './hand-over-words.ts';

const words = (ja: string, en: string): Words => ({ ja, en });

export type ShelfRefusal = NotReady | ScanFailure | 'not-scanned';

export const SHELF_WORDS: Readonly<Record<ShelfRefusal, Words>> = {
  ...REFUSAL_WORDS,
  'parcel-unknown': words('この番号の荷物はありません。', 'There is no parcel of this number.'),
  'parcel-not-underway': words(
    'この荷物は発送前か、返送されています。',
    'The parcel was not sent yet, or came back.',
  ),
  'parcel-of-another-municipality': words(
    'この荷物は別の市区町村あてです。',
    'The parcel is for another municipality.',
  ),
  'card-not-in-parcel': words(
    'この荷物のカードではありません。記録しました。工場に返送してください。',
    'The card is not of this parcel, which is on record. It goes back to the factory.',
  ),
  'card-scanned-before': words('このカードは読み取り済みです。', 'This card was scanned before.'),
  'card-already-void': words(
    'このカードは失効しています。記録しました。廃棄してください。',
    'The card is void, which is on record. It is destroyed.',
  ),
};
