/**
 * Two invented adults of Kiyose who are in every demonstration, so that stories, pages and tests can name them. Each
 * has a character in the name that JIS X 0208 does not hold; one has a birthday only in leap years.
 */
import type { RegisterRow } from './register-row.ts';

/** A line without the numbers that the register gives. */
export type FixedResident = Omit<RegisterRow, 'resident_number' | 'household_number'>;

const TSUJI = `辻${String.fromCodePoint(0xe0102)}`;

const nobodyElse = {
  relationship: '世帯主',
  resident_code: '',
  former_surname: '',
  former_surname_kana: '',
  alias: '',
  alias_kana: '',
  nationality: 'JPN',
  residence_status: '',
  stay_expires_on: '',
  ward_code: '',
} as const;

/** Haruka Takaishi (髙石 遥): 髙 is U+9AD9, MJ028902, the substitute is 高. Lives alone in an apartment. */
export const HARUKA: FixedResident = {
  ...nobodyElse,
  name: '髙石　遥',
  name_kana: 'タカイシ　ハルカ',
  birth_date: '1991-07-14',
  sex: '2',
  postal_code: '2040021',
  town: '元町',
  lot: '12番地3',
  building: 'コーポさくら203号室',
  domicile: '静岡県熱海市春日町8番地',
  family_register_head: '髙石　正樹',
  became_resident_on: '2016-03-28',
  address_fixed_on: '2016-03-28',
  previous_address: '静岡県熱海市春日町8番地1',
};

/** Shin’ichi Tsuji: 辻 with the variation selector U+E0102, MJ025760. Born on 29 February 1984. */
export const SHINICHI: FixedResident = {
  ...nobodyElse,
  name: `${TSUJI}　慎一`,
  name_kana: 'ツジ　シンイチ',
  birth_date: '1984-02-29',
  sex: '1',
  postal_code: '2040012',
  town: '中清戸',
  lot: '4番5号',
  building: '',
  domicile: '東京都清瀬市中清戸4番',
  family_register_head: `${TSUJI}　慎一`,
  became_resident_on: '1984-02-29',
  address_fixed_on: '2009-10-01',
  previous_address: '東京都清瀬市野塩51番地',
};
