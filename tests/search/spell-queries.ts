/**
 * How others write a person whom the register knows: the kinds of variation that agencies' files show, and such as no
 * search should bridge. A kind is applied where it changes something; else the next one is.
 */
import type { PersonQuery } from '@ishizue/registry';
import { type Home, type InventedPerson, writeHome } from './invented-population.ts';

export interface Spelling {
  readonly kind: string;
  /** Whether a person without a namesake is to be found. */
  readonly isBridged: boolean;
  /** The query, or undefined where the kind changes nothing of this person. */
  readonly spell: (person: InventedPerson) => PersonQuery | undefined;
}

const asHeld = (
  person: InventedPerson,
): PersonQuery & { readonly name: string; readonly address: string } => ({
  name: person.name,
  birthDate: person.birthDate,
  sex: person.sex,
  address: writeHome(person.home),
});

/** A spelling of the home; undefined where it is the register's own. */
function home(change: (home: Home) => Home): Spelling['spell'] {
  return (person) => {
    const query = asHeld(person);
    const address = writeHome(change(person.home));
    return address === query.address ? undefined : { ...query, address };
  };
}

function name(change: (name: string) => string): Spelling['spell'] {
  return (person) => {
    const query = asHeld(person);
    const changed = change(person.name);
    return changed === person.name ? undefined : { ...query, name: changed };
  };
}

const DIGITS = '〇一二三四五六七八九';
const fromKanji = (digit: string): string => String(DIGITS.indexOf(digit));

/** 三丁目12番地3 → 3-12-3; 4番5号 → 4-5. */
function hyphens({ town, lot, ...rest }: Home): Home {
  const numbers = lot.replace(/番地?(?=\d)/, '-').replace(/番地$|号$/, '');
  const chome = /^(.+)([一二三四五六七八九])丁目$/.exec(town);
  if (!chome) return { ...rest, town, lot: numbers };
  return { ...rest, town: chome[1] ?? '', lot: `${fromKanji(chome[2] ?? '')}-${numbers}` };
}

const wide = (text: string): string =>
  text.replaceAll(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

function kanjiNumber(digits: string): string {
  const units = ['', '十', '百', '千'];
  return Array.from(digits)
    .map((digit, index) => {
      const unit = units[digits.length - 1 - index] ?? '';
      if (digit === '0') return '';
      return digit === '1' && unit !== '' ? unit : (DIGITS[Number(digit)] ?? '') + unit;
    })
    .join('');
}

/** 12番地3 → 十二番地三; where 3 ends in nothing that says a number, 号 does. */
const kanjiLot = (lot: string): string =>
  /\d{5}/.test(lot)
    ? lot
    : lot.replaceAll(/\d+/g, kanjiNumber).replace(/(番地?)([〇一二三四五六七八九十百千]+)$/, '$1の$2');

const CHARACTERS: readonly (readonly [string, string])[] = [
  ['髙', '高'],
  ['﨑', '崎'],
  ['澤', '沢'],
  ['濱', '浜'],
  ['邉', '辺'],
  ['邊', '辺'],
  ['齋', '斎'],
  ['齊', '斉'],
  ['𠮷', '吉'],
  ['廣', '広'],
  ['國', '国'],
  ['櫻', '桜'],
];
const SELECTORS = /[\u{E0100}-\u{E01EF}]/gu;

/** The forms of the reform and of JIS; where a name has them already, those that registers keep. */
function otherCharacters(text: string): string {
  const easier = CHARACTERS.reduce(
    (held, [old, now]) => held.replaceAll(old, now),
    text.replaceAll(SELECTORS, ''),
  );
  if (easier !== text) return easier;
  return CHARACTERS.reduce((held, [old, now]) => held.replaceAll(now, old), text);
}

const withoutSpaces = (text: string): string => text.replaceAll(/[ \u3000]/g, '');

/** The kinds, bridged ones first. */
export const SPELLINGS: readonly Spelling[] = [
  { kind: 'as held', isBridged: true, spell: asHeld },
  { kind: 'without sex', isBridged: true, spell: (person) => ({ ...asHeld(person), sex: null }) },
  { kind: 'hyphens in the lot', isBridged: true, spell: home(hyphens) },
  {
    kind: 'full width',
    isBridged: true,
    spell: home((held) => ({ ...held, lot: wide(held.lot), building: wide(held.building) })),
  },
  { kind: 'kanji numerals', isBridged: true, spell: home((held) => ({ ...held, lot: kanjiLot(held.lot) })) },
  {
    kind: '大字',
    isBridged: true,
    spell: home((held) => (held.town === '' ? held : { ...held, town: `大字${held.town}` })),
  },
  {
    kind: 'no spaces',
    isBridged: true,
    spell: (person) => ({
      ...asHeld(person),
      name: withoutSpaces(person.name),
      address: withoutSpaces(writeHome(person.home)),
    }),
  },
  {
    kind: 'more spaces',
    isBridged: true,
    spell: home((held) => ({ ...held, area: `${held.area} `, lot: ` ${held.lot}` })),
  },
  {
    kind: 'no 号室',
    isBridged: true,
    spell: home((held) => ({ ...held, building: held.building.replace('号室', '') })),
  },
  { kind: 'no building', isBridged: true, spell: home((held) => ({ ...held, building: '' })) },
  {
    kind: 'room in the lot',
    isBridged: true,
    spell: home((held) => {
      const room = /(\d+)号室$/.exec(held.building)?.[1];
      const { lot, ...rest } = hyphens(held);
      return room === undefined ? held : { ...rest, lot: `${lot}-${room}`, building: '' };
    }),
  },
  { kind: 'no prefecture', isBridged: true, spell: home((held) => ({ ...held, prefecture: '' })) },
  { kind: 'forms of characters', isBridged: true, spell: name(otherCharacters) },
  {
    kind: 'widths and case of Latin names',
    isBridged: true,
    spell: name((held) => (/[A-Z]/.test(held) ? wide(held.toLowerCase()) : held)),
  },
  {
    kind: 'former surname',
    isBridged: true,
    spell: (person) => {
      const given = person.name.split('　')[1];
      return person.formerSurname === '' || given === undefined
        ? undefined
        : { ...asHeld(person), name: `${person.formerSurname} ${given}` };
    },
  },
  {
    kind: 'alias',
    isBridged: true,
    spell: (person) => (person.alias === '' ? undefined : { ...asHeld(person), name: person.alias }),
  },
  {
    kind: 'several at once',
    isBridged: true,
    spell: (person) => ({
      birthDate: person.birthDate,
      name: otherCharacters(withoutSpaces(person.name)),
      address: wide(withoutSpaces(writeHome({ ...hyphens(person.home), building: '' }))),
    }),
  },
  { kind: 'an earlier address', isBridged: false, spell: home((held) => ({ ...held, lot: `9${held.lot}` })) },
  {
    kind: 'another room',
    isBridged: false,
    // of four digits, as no home here has: a room of another home would be a namesake's own details, not an error
    spell: home((held) => ({
      ...held,
      building: held.building.replace(/\d+(?=号室$)/, (room) => `9${room}`),
    })),
  },
  {
    kind: 'a name cut short',
    isBridged: false,
    spell: name((held) => Array.from(held).slice(0, -1).join('')),
  },
  {
    kind: '斎 for 斉, 島 for 嶋',
    isBridged: false,
    spell: name((held) => held.replace(/[斉斎]/, (one) => (one === '斉' ? '斎' : '斉')).replace('島', '嶋')),
  },
  {
    kind: 'the next day',
    isBridged: false,
    spell: (person) => ({ ...asHeld(person), birthDate: nextDay(person.birthDate) }),
  },
];

function nextDay(date: string): string {
  const day = Date.parse(date);
  return Number.isNaN(day) ? '1899-01-01' : new Date(day + 86_400_000).toISOString().slice(0, 10);
}
