/** Figures for people as a table, for programs as one JSON object a line. */
import type { Figure } from './benchmark.ts';
import type { Machine } from './machine.ts';

/** The columns of the issue, and the machine. */
export function jsonOf(figure: Figure, machine: Machine): string {
  const { bench, value, unit, limit, limitName, peakMiB, ...more } = figure;
  return JSON.stringify({
    bench,
    value: rounded(value),
    unit,
    limit: rounded(limit),
    limitName,
    ratio: ratioOf(figure),
    peakMiB: Math.round(peakMiB),
    ...more,
    machine,
  });
}

const HEADINGS = ['bench', 'value', 'limit', 'ratio', 'peak MiB', 'limit is'] as const;

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.bench,
    `${grouped(figure.value)} ${figure.unit}`,
    grouped(figure.limit),
    ratioOf(figure).toFixed(3),
    grouped(figure.peakMiB),
    figure.limitName,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = (column: number): boolean => column > 0 && column < HEADINGS.length - 1;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const notes = figures.map(
    ({ bench, note, broken }) => `${bench}: ${broken ? `BROKEN: ${broken}; ` : ''}${note}`,
  );
  return [line(HEADINGS), ...rows.map(line), '', ...notes].join('\n');
}

export function headingOf({ cpu, cores, memoryGiB, node, load }: Machine, postgresql: string): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB; Node ${node}, PostgreSQL ${postgresql}; load before: ${load}`;
}

const rounded = (value: number): number => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value));
const grouped = (value: number): string => rounded(value).toLocaleString('en-US');
const ratioOf = ({ value, limit }: Figure): number => Math.round((value / limit) * 1000) / 1000;
