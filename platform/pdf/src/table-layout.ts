/**
 * Boxed tables: cells are set, rows get their heights, and rows that a spanning cell joins become one unit that no
 * page break divides.
 *
 * Invariant: every column of every row belongs to exactly one cell; each rule is drawn once.
 */
import type { Cell, TableBlock } from './document-spec.ts';
import type { Colour, Leaf, Mark, StructureNode } from './marks.ts';
import { INK, placeText, type SetText, type Setting, SIZE_PT, setText } from './set-text.ts';
import type { Unit } from './unit.ts';

interface PlacedCell {
  readonly cell: Cell;
  readonly row: number;
  readonly rows: number;
  readonly x_mm: number;
  readonly width_mm: number;
  readonly isFirst: boolean;
  /** What the cell heads when it is a label. */
  readonly heads: 'Row' | 'Column';
  readonly set: SetText;
}

const PADDING_MM = { beside: 1.6, above: 1.2 };
const ROW_MM = 7;
const INNER_MM = 0.18;
const OUTER_MM = 0.5;
const DOT_MM = 0.5;
const SHADE: Colour = '#eef0ee';

/** The units of a table whose left edge is at `x_mm`. */
export function tableUnits(setting: Setting, table: TableBlock, x_mm: number, key: string): readonly Unit[] {
  const cells = placeCells(setting, table, x_mm, key);
  const heights_mm = rowHeights(table, cells);
  const byRow = Map.groupBy(cells, ({ row }) => row);
  const groups = groupRows(table.rows.length, cells);
  const units = groups.map(([first, end]): Unit => {
    const group = range(first, end).flatMap((row) => byRow.get(row) ?? []);
    const tops = runningSum(heights_mm.slice(first, end));
    return {
      height_mm: tops.at(-1) ?? 0,
      frame: { key, x_mm, width_mm: sum(table.columns_mm), rule_mm: OUTER_MM },
      emit: (top_mm) => emitGroup(group, first, tops, top_mm, key),
    };
  });
  const heads = groups.filter(([, end]) => end <= (table.head_rows ?? 0)).length;
  const head = units.slice(0, heads).map((unit) => ({ ...unit, keepsNext: true }));
  return [...head, ...units.slice(head.length).map((unit) => ({ ...unit, repeats: head }))];
}

function placeCells(setting: Setting, table: TableBlock, x_mm: number, key: string): readonly PlacedCell[] {
  const lefts = [0, ...runningSum(table.columns_mm)];
  const busyUntil = table.columns_mm.map(() => 0);
  return table.rows.flatMap((row, rowIndex) => {
    let column = 0;
    const skipBusy = (): void => {
      while ((busyUntil[column] ?? 0) > rowIndex) column++;
    };
    const placed = row.cells.map((cell): PlacedCell => {
      skipBusy();
      const columns = cell.columns ?? 1;
      const rows = cell.rows ?? 1;
      const where = `${key}, row ${rowIndex + 1}, column ${column + 1}`;
      const span = busyUntil.slice(column, column + columns);
      if (span.length < columns || span.some((until) => until > rowIndex))
        throw new Error(`${where}: no room`);
      if (rowIndex + rows > table.rows.length) throw new Error(`${where}: spans rows that the table lacks`);
      busyUntil.fill(rowIndex + rows, column, column + columns);
      const left_mm = lefts[column] ?? 0;
      const width_mm = (lefts[column + columns] ?? 0) - left_mm;
      const styled = { ...cell, size_pt: cell.size_pt ?? table.size_pt ?? SIZE_PT };
      const set = setText(setting, styled, width_mm - 2 * PADDING_MM.beside, where);
      const isFirst = column === 0;
      const heads = rowIndex < (table.head_rows ?? 0) ? 'Column' : 'Row';
      column += columns;
      return { cell: styled, row: rowIndex, rows, x_mm: x_mm + left_mm, width_mm, isFirst, heads, set };
    });
    skipBusy();
    if (column < table.columns_mm.length)
      throw new Error(`${key}, row ${rowIndex + 1}: columns without a cell`);
    return placed;
  });
}

function rowHeights(table: TableBlock, cells: readonly PlacedCell[]): number[] {
  const heights = table.rows.map((row) => row.height_mm ?? ROW_MM);
  for (const isSpanning of [false, true]) {
    for (const cell of cells.filter(({ rows }) => rows > 1 === isSpanning)) {
      const last = cell.row + cell.rows - 1;
      const lack = cell.set.height_mm + 2 * PADDING_MM.above - sum(heights.slice(cell.row, last + 1));
      if (lack > 0) heights[last] = (heights[last] ?? 0) + lack;
    }
  }
  return heights;
}

/** Runs [first, end) of rows that no spanning cell crosses. */
function groupRows(rows: number, cells: readonly PlacedCell[]): readonly (readonly [number, number])[] {
  const reach = Array.from({ length: rows }, (_, row) => row + 1);
  for (const cell of cells) reach[cell.row] = Math.max(reach[cell.row] ?? 0, cell.row + cell.rows);
  const groups: [number, number][] = [];
  for (let first = 0; first < rows; ) {
    let end = reach[first] ?? first + 1;
    for (let row = first; row < end; row++) end = Math.max(end, reach[row] ?? end);
    groups.push([first, end]);
    first = end;
  }
  return groups;
}

type Line = readonly [number, number, number, number];

interface Rules {
  readonly solid: Line[];
  readonly dotted: Line[];
}

function emitGroup(
  group: readonly PlacedCell[],
  firstRow: number,
  bottoms: readonly number[],
  top_mm: number,
  key: string,
): readonly Leaf[] {
  const shaded: Line[] = [];
  const rules: Rules = { solid: [], dotted: [] };
  const texts: Leaf[] = [];
  for (const [index, placed] of group.entries()) {
    const { cell, row, rows, x_mm, width_mm } = placed;
    const y_mm = top_mm + (bottoms[row - firstRow - 1] ?? 0);
    const height_mm = top_mm + (bottoms[row - firstRow + rows - 1] ?? 0) - y_mm;
    if (cell.role === 'label') shaded.push([x_mm, y_mm, width_mm, height_mm]);
    const into = {
      x_mm: x_mm + PADDING_MM.beside,
      y_mm: y_mm + PADDING_MM.above,
      width_mm: width_mm - 2 * PADDING_MM.beside,
      height_mm: height_mm - 2 * PADDING_MM.above,
    };
    texts.push({ path: cellPath(key, placed, index), marks: placeText(placed.set, cell, into) });
    addRules(rules, placed, y_mm, height_mm);
  }
  return [
    { path: [], marks: [{ kind: 'shape', shape: 'box', boxes_mm: shaded, fill: SHADE }], under: true },
    ...texts,
    { path: [], marks: ruleMarks(rules) },
  ];
}

function cellPath(key: string, { cell, row, heads }: PlacedCell, index: number): readonly StructureNode[] {
  const name = { key: `${key}/${row}/${index}` };
  return [
    { key, tag: 'Table' },
    { key: `${key}/${row}`, tag: 'TR' },
    cell.role === 'label' ? { ...name, tag: 'TH', heads } : { ...name, tag: 'TD' },
  ];
}

/** The rules right of and below a cell; the frame draws the table's own edges over them. */
function addRules(rules: Rules, placed: PlacedCell, y_mm: number, height_mm: number): void {
  const { cell, x_mm, width_mm, isFirst } = placed;
  const right = x_mm + width_mm;
  const bottom = y_mm + height_mm;
  rules.solid.push([right, y_mm, right, bottom]);
  if (isFirst) rules.solid.push([x_mm, y_mm, x_mm, bottom]);
  if (cell.rule_below === 'none') return;
  (cell.rule_below === 'dotted' ? rules.dotted : rules.solid).push([x_mm, bottom, right, bottom]);
}

function ruleMarks({ solid, dotted }: Rules): readonly Mark[] {
  const rule = { kind: 'rules', width_mm: INNER_MM, colour: INK } as const;
  return [
    { ...rule, lines_mm: solid },
    { ...rule, lines_mm: dotted, dash_mm: DOT_MM },
  ];
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

function runningSum(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => {
    total += value;
    return total;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
