/** Invented people and places, by name of the draw: the same for the same seed. */
import type { IsoDate } from '@ishizue/clock';
import type { PersonalDetails, ResidentialAddress } from '@ishizue/registry';
import type { Chance } from '../chance.ts';
import type { RecordState } from './model.ts';

const FAMILIES = [
  ['佐藤', 'サトウ'],
  ['髙橋', 'タカハシ'],
  ['渡邊', 'ワタナベ'],
  ['齋藤', 'サイトウ'],
  ['石川', 'イシカワ'],
  ['小林', 'コバヤシ'],
  ['山﨑', 'ヤマザキ'],
  ['森', 'モリ'],
] as const;
const GIVEN = [
  ['遥', 'ハルカ'],
  ['蓮', 'レン'],
  ['葵', 'アオイ'],
  ['陽菜', 'ヒナ'],
  ['健太', 'ケンタ'],
  ['美咲', 'ミサキ'],
  ['大輔', 'ダイスケ'],
  ['さくら', 'サクラ'],
  ['誠', 'マコト'],
  ['恵子', 'ケイコ'],
  ['翔', 'ショウ'],
  ['結衣', 'ユイ'],
] as const;
const FOREIGN = [
  ['NGUYEN THI LAN', 'グエン　ティ　ラン', 'VNM'],
  ['SANTOS MARIA', 'サントス　マリア', 'PHL'],
  ['GURUNG BISHAL', 'グルン　ビサル', 'NPL'],
] as const;

export interface NamePair {
  readonly name: string;
  readonly nameKana: string;
}

/** A name of the register, U+3000 between its parts. */
export function nameOf(chance: Chance, name: string, family?: string): NamePair {
  const [surname, surnameKana] =
    FAMILIES.find(([one]) => one === family) ?? chance.oneOf(`${name} f`, FAMILIES);
  const [given, givenKana] = chance.oneOf(`${name} g`, GIVEN);
  return { name: `${surname}　${given}`, nameKana: `${surnameKana}　${givenKana}` };
}

/** The date of a draw between two years. */
export function dateOf(chance: Chance, name: string, from: number, to: number): IsoDate {
  const part = (what: string, least: number, most: number): string =>
    String(chance.between(`${name} ${what}`, least, most)).padStart(2, '0');
  return `${chance.between(`${name} year`, from, to)}-${part('month', 1, 12)}-${part('day', 1, 28)}`;
}

/** Who somebody is; one in twenty-five has another nationality. */
export function detailsOf(
  chance: Chance,
  name: string,
  isForeign = chance.happens(`${name} n`, 0.04),
): PersonalDetails {
  const shared = {
    formerSurname: null,
    formerSurnameKana: null,
    alias: null,
    aliasKana: null,
    birthDate: dateOf(chance, `${name} born`, 1930, 2004),
    sex: chance.happens(`${name} sex`, 0.5) ? (1 as const) : (2 as const),
    stayExpiresOn: null,
  };
  if (isForeign) {
    const [full, nameKana, nationality] = chance.oneOf(`${name} who`, FOREIGN);
    const residenceStatus = '技能実習';
    return {
      ...shared,
      name: full,
      nameKana,
      nationality,
      residenceStatus,
      domicile: null,
      familyRegisterHead: null,
    };
  }
  const pair = nameOf(chance, name);
  const domicile = `東京都千代田区丸の内一丁目${chance.between(`${name} domicile`, 1, 9)}番`;
  return {
    ...shared,
    ...pair,
    nationality: 'JPN',
    residenceStatus: null,
    domicile,
    familyRegisterHead: pair.name,
  };
}

/** Where somebody lives inside a municipality. */
export function addressOf(chance: Chance, name: string): ResidentialAddress {
  return {
    wardCode: null,
    postalCode: `20${chance.between(`${name} post`, 10_000, 99_999)}`,
    town: `${chance.oneOf(`${name} town`, ['元町', '中里', '松山', '本町', '栄町'])}${chance.between(`${name} chome`, 1, 9)}丁目`,
    lot: `${chance.between(`${name} lot`, 1, 99)}番${chance.between(`${name} number`, 1, 30)}号`,
    building: chance.happens(`${name} b`, 0.4) ? `みどり荘${chance.between(`${name} room`, 101, 909)}` : null,
  };
}

/** The record of an entry. */
export function entryState(
  details: PersonalDetails,
  address: ResidentialAddress,
  on: IsoDate,
  previousAddress: string | null,
): RecordState {
  return {
    ...details,
    ...address,
    status: 'resident',
    becameResidentOn: on,
    addressFixedOn: on,
    previousAddress,
    endedOn: null,
    movedTo: null,
  };
}

/** Who somebody is by a record, without where they live. */
export function detailsIn(state: RecordState): PersonalDetails {
  const { name, nameKana, formerSurname, formerSurnameKana, alias, aliasKana, birthDate, sex } = state;
  const { nationality, residenceStatus, stayExpiresOn, domicile, familyRegisterHead } = state;
  return {
    name,
    nameKana,
    formerSurname,
    formerSurnameKana,
    alias,
    aliasKana,
    birthDate,
    sex,
    nationality,
    residenceStatus,
    stayExpiresOn,
    domicile,
    familyRegisterHead,
  };
}
