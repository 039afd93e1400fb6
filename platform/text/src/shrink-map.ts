/**
 * The MJ shrink maps (MJ縮退マップ): for a glyph, the characters of JIS X 0213 that may stand for it, and on whose
 * authority. The maps are one-to-many and leave the choice to the user; ours is the order of `SOURCES`: what unifies
 * the forms in JIS itself, then the circulars and the character list of the family register, then the notice on
 * names in residence cards, last the dictionaries. Within a rank, JIS level 1 goes before 2, 2 before the rest.
 */
import type { DatabaseSync } from 'node:sqlite';
import { jisClassOf } from './jis.ts';

/** Candidates by glyph: those of glyph n are `targets` from `offsets[n]` to before `offsets[n + 1]`, best first. */
export interface ShrinkMap {
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  /** From a glyph to the one other character that JIS unifies it with, 0 where none or several. */
  readonly unification: Uint32Array;
  /** The parents (親字・正字, one step) of glyph n, laid out as the candidates are. */
  readonly parentOffsets: Uint32Array;
  readonly parents: Uint32Array;
}

const UNIFICATION = 'mjsm_JIS包摂規準UCS統合規則';
const PARENTS = 'mjsm_戸籍統一文字情報_親字正字';

/** The tables in the order of our trust in them, with the column that ranks inside the table. */
const SOURCES: ReadonlyArray<readonly [table: string, rank: string]> = [
  [UNIFICATION, '0'],
  ['mjsm_民二5202号通知別表_正字俗字等対照表', '0'],
  ['mjsm_民一2842号通達別表_誤字俗字正字一覧表_無印', '0'],
  ['mjsm_民一2842号通達別表_誤字俗字正字一覧表_俗字', '0'],
  [PARENTS, '"ホップ数"'],
  ['mjsm_法務省告示582号別表第四_一', '"順位"'],
  ['mjsm_法務省告示582号別表第四_二', '"順位"'],
  ['mjsm_辞書類等による関連字', '0'],
  ['mjsm_読み字形による類推', '0'],
  ['mjsm_民一2842号通達別表_誤字俗字正字一覧表_別字', '0'],
];

const JIS_ORDER = { 'level-1': 1, 'level-2': 2, 'supplementary-kanji': 3, 'non-kanji': 4 } as const;

interface Relation {
  readonly number: number;
  readonly target: number;
  readonly source: string;
  readonly rank: number;
  /** The place in our order, smaller is better. */
  readonly order: number;
}

/** Reads the maps into arrays for glyphs below `limit`. */
export function loadShrinkMap(database: DatabaseSync, limit: number): ShrinkMap {
  const relations = SOURCES.flatMap(([table, rank], place) => readRelations(database, table, rank, place));
  const candidates = relations.toSorted(
    (a, b) => a.number - b.number || a.order - b.order || a.target - b.target,
  );
  const parents = relations.filter((relation) => relation.source === PARENTS && relation.rank === 1);
  const [offsets, targets] = layOut(candidates, limit);
  const [parentOffsets, parentTargets] = layOut(
    parents.toSorted((a, b) => a.number - b.number || a.target - b.target),
    limit,
  );
  return {
    offsets,
    targets,
    unification: unifications(relations, limit),
    parentOffsets,
    parents: parentTargets,
  };
}

function readRelations(database: DatabaseSync, table: string, rank: string, place: number): Relation[] {
  const statement = database.prepare(
    `SELECT CAST(substr("MJ文字図形名", 3) AS INTEGER) AS number, unicode("縮退UCS") AS target, ${rank} AS rank FROM "${table}"`,
  );
  return statement.all().map((row) => {
    const target = Number(row['target']);
    const innerRank = Number(row['rank']);
    const jisClass = jisClassOf(target);
    const jisOrder = jisClass === undefined ? 5 : JIS_ORDER[jisClass];
    const order = place * 1_000 + Math.min(innerRank, 99) * 10 + jisOrder;
    return { number: Number(row['number']), target, source: table, rank: innerRank, order };
  });
}

/** The targets of each glyph side by side, each target once. */
function layOut(sorted: readonly Relation[], limit: number): [offsets: Uint32Array, targets: Uint32Array] {
  const offsets = new Uint32Array(limit + 1);
  const targets: number[] = [];
  let next = 0;
  for (let number = 0; number < limit; number++) {
    const start = targets.length;
    offsets[number] = start;
    for (let relation = sorted[next]; relation?.number === number; relation = sorted[++next]) {
      if (!targets.includes(relation.target, start)) targets.push(relation.target);
    }
  }
  offsets[limit] = targets.length;
  return [offsets, Uint32Array.from(targets)];
}

function unifications(relations: readonly Relation[], limit: number): Uint32Array {
  const unification = new Uint32Array(limit);
  const ambiguous = new Set<number>();
  for (const { number, target, source } of relations) {
    if (source !== UNIFICATION) continue;
    if (unification[number] !== 0) ambiguous.add(number);
    unification[number] = target;
  }
  for (const number of ambiguous) unification[number] = 0;
  return unification;
}
