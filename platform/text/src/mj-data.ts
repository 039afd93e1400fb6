/**
 * The MJ character list (文字情報基盤, 58,862 ideographs and 299 hentaigana) and its shrink maps as compact arrays,
 * read once and lazily from the SQLite file of npm `@mandel59/mojidata` (data CC BY-SA 2.1 JP, see its LICENSE.md).
 * The file is closed after the load; what stays is some 4 MiB. Arrays are indexed by the number of the MJ glyph
 * name: MJ028902 is 28902.
 */
import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { selectorNumber } from './characters.ts';
import { CodePointMap } from './code-point-map.ts';
import { type SequenceMap, sequenceMap } from './sequence-map.ts';
import { loadShrinkMap, type ShrinkMap } from './shrink-map.ts';

const MJ_NUMBER_LIMIT = 90_300; // MJ000001–MJ068101 ideographs, MJ090001–MJ090299 hentaigana

/** Compact MJ data. 0 in an array means that there is nothing. */
export interface MjData {
  /** The code point that implements the glyph, or the base of its variation sequence. */
  readonly base: Uint32Array;
  /** The variation selector's number (see characters.ts); 0 where the code point alone is the glyph. */
  readonly selector: Uint16Array;
  /** The unified ideograph that the glyph belongs to (対応するUCS). */
  readonly unifiedIdeograph: Uint32Array;
  /** 住基ネット統一文字コード, the four hexadecimal digits as a number. */
  readonly unifiedCode: Uint16Array;
  /** 戸籍統一文字番号 plus 1. */
  readonly familyRegister: Uint32Array;
  /** From a code point alone to the number of its glyph. */
  readonly byCodePoint: CodePointMap;
  /** From a base and a selector to the number of the glyph. */
  readonly bySequence: SequenceMap;
  /** From 住基ネット統一文字コード to the number of the glyph. */
  readonly byUnifiedCode: CodePointMap;
  /** From a character of the lists for names (常用漢字, 人名用漢字) to 1. */
  readonly nameLists: CodePointMap;
  /** From a character before the reform (康熙字典体) to that of 常用漢字表. */
  readonly reformed: CodePointMap;
  /** From a hentaigana to the hiragana of its sound, the first where it has several. */
  readonly hentaiganaSound: CodePointMap;
  readonly shrink: ShrinkMap;
  /** The glyphs of the list that no Unicode text shows. */
  readonly notEncoded: ReadonlySet<number>;
}

interface MjRow {
  readonly number: number;
  readonly ucs: string | null;
  readonly implemented: string | null;
  readonly sequence: string | null;
  readonly standardised: string | null;
  readonly juki: string | null;
  readonly koseki: string | null;
  readonly list: string | null;
}

const MJ_ROWS = `SELECT CAST(substr("MJ文字図形名", 3) AS INTEGER) AS number, "対応するUCS" AS ucs, "実装したUCS" AS implemented,
  "実装したMoji_JohoコレクションIVS" AS sequence, "実装したSVS" AS standardised, "住基ネット統一文字コード" AS juki,
  "戸籍統一文字番号" AS koseki, "漢字施策" AS list FROM mji`;

const OTHER_SEQUENCES = `SELECT CAST(substr("MJ文字図形名", 3) AS INTEGER) AS number,
  "重複実装したMoji_JohoコレクションIVS" AS text FROM mji_duplicated_ivs`;

const HENTAIGANA = `SELECT CAST(substr(h."MJ文字図形名", 3) AS INTEGER) AS number, h."文字" AS text,
  h."戸籍統一文字番号" AS koseki, (SELECT p."音価" FROM mjih_phonetic p WHERE p."MJ文字図形名" = h."MJ文字図形名"
  ORDER BY p.rowid LIMIT 1) AS sound FROM mjih h WHERE h."文字" IS NOT NULL`;

const REFORMED = `SELECT "康熙字典体" AS old, "漢字" AS new FROM joyo_kangxi`;

let loaded: MjData | undefined;

/** The MJ data; the first call reads the SQLite file (some 0.4 s), later ones answer at once. */
export function mjData(): MjData {
  loaded ??= withDatabase(load);
  return loaded;
}

function withDatabase<T>(read: (database: DatabaseSync) => T): T {
  const require = createRequire(import.meta.url);
  const sqlite = process.getBuiltinModule('node:sqlite'); // here, so that importing this package loads no SQLite
  const database = new sqlite.DatabaseSync(require.resolve('@mandel59/mojidata/dist/moji.db'), {
    readOnly: true,
  });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

const codePointOf = (text: string): number => text.codePointAt(0) ?? 0;

/** The base and the selector of a variation sequence. */
function splitSequence(text: string): [base: number, selector: number] {
  const [base = '', selector = ''] = text;
  return [codePointOf(base), selectorNumber(codePointOf(selector))];
}

function load(database: DatabaseSync): MjData {
  const sequences: Array<[base: number, selector: number, number: number]> = [];
  const data = {
    base: new Uint32Array(MJ_NUMBER_LIMIT),
    selector: new Uint16Array(MJ_NUMBER_LIMIT),
    unifiedIdeograph: new Uint32Array(MJ_NUMBER_LIMIT),
    unifiedCode: new Uint16Array(MJ_NUMBER_LIMIT),
    familyRegister: new Uint32Array(MJ_NUMBER_LIMIT),
    byCodePoint: new CodePointMap(),
    byUnifiedCode: new CodePointMap(),
    nameLists: new CodePointMap(),
    reformed: new CodePointMap(),
    hentaiganaSound: new CodePointMap(),
    notEncoded: new Set<number>(),
  };
  for (const row of rowsOf<MjRow>(database, MJ_ROWS)) {
    loadIdeograph(data, row);
    for (const text of [row.sequence, row.standardised]) {
      if (text !== null) sequences.push([...splitSequence(text), row.number]);
    }
  }
  for (const row of rowsOf<{ number: number; text: string }>(database, OTHER_SEQUENCES)) {
    sequences.push([...splitSequence(row.text), row.number]);
  }
  loadHentaigana(data, database);
  for (const row of rowsOf<{ old: string; new: string }>(database, REFORMED)) {
    data.reformed.set(codePointOf(row.old), codePointOf(row.new));
  }
  return { ...data, bySequence: sequenceMap(sequences), shrink: loadShrinkMap(database, MJ_NUMBER_LIMIT) };
}

type LoadedArrays = Omit<MjData, 'bySequence' | 'shrink' | 'notEncoded'> & { notEncoded: Set<number> };

function loadIdeograph(data: LoadedArrays, row: MjRow): void {
  const { number } = row;
  if (row.ucs !== null) data.unifiedIdeograph[number] = codePointOf(row.ucs);
  if (row.implemented !== null) {
    const codePoint = codePointOf(row.implemented);
    data.base[number] = codePoint;
    data.byCodePoint.set(codePoint, number);
    if (row.list !== null) data.nameLists.set(codePoint, 1);
  } else if (row.sequence !== null) {
    const [base, selector] = splitSequence(row.sequence);
    data.base[number] = base;
    data.selector[number] = selector;
  } else {
    data.notEncoded.add(number);
  }
  if (row.koseki !== null) data.familyRegister[number] = Number(row.koseki) + 1;
  if (row.juki !== null) {
    const code = Number.parseInt(row.juki.slice(2), 16);
    data.unifiedCode[number] = code;
    data.byUnifiedCode.set(code, number);
  }
}

interface HentaiganaRow {
  readonly number: number;
  readonly text: string;
  readonly koseki: string | null;
  readonly sound: string | null;
}

function loadHentaigana(data: LoadedArrays, database: DatabaseSync): void {
  for (const row of rowsOf<HentaiganaRow>(database, HENTAIGANA)) {
    const codePoint = codePointOf(row.text);
    data.base[row.number] = codePoint;
    data.unifiedIdeograph[row.number] = codePoint;
    if (row.koseki !== null) data.familyRegister[row.number] = Number(row.koseki) + 1;
    if (data.byCodePoint.get(codePoint) === 0) data.byCodePoint.set(codePoint, row.number);
    if (row.sound !== null) data.hentaiganaSound.set(codePoint, codePointOf(row.sound));
  }
}

/** The rows of a statement whose columns the caller names; the file's shape is fixed by the package's version. */
function* rowsOf<Row>(database: DatabaseSync, statement: string): Generator<Row> {
  for (const row of database.prepare(statement).iterate()) yield row as Row;
}
