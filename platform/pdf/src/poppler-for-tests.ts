/** Poppler's programs as a second opinion in tests; a machine without them skips those tests and says so. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

type Program = 'pdffonts' | 'pdfinfo' | 'pdftotext' | 'pdftoppm';

/** What a program says about a PDF; its arguments stand before the file's name, `to` after it. */
export function poppler(program: Program, bytes: Uint8Array, args: readonly string[] = [], to = ''): string {
  return withFile(bytes, (path) => run(program, [...args, path, ...(to === '' ? [] : [to])]));
}

/** The top left corner of the first page, so many pixels square, as grey values. */
export function rasterize(
  bytes: Uint8Array,
  dpi: number,
  pixels: number,
): { width: number; grey: Uint8Array } {
  return withFile(bytes, (path) => {
    const size = ['-W', String(pixels), '-H', String(pixels)];
    run('pdftoppm', ['-gray', '-r', String(dpi), ...size, '-singlefile', path, path]);
    const file = readFileSync(`${path}.pgm`);
    const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 40).toString('latin1'));
    if (head === null) throw new Error('not a grey picture');
    return { width: Number(head[1]), grey: file.subarray(head[0].length) };
  });
}

/** Skips the test, visibly, where Poppler is missing. */
export function needsPoppler(t: TestContext): boolean {
  const isMissing = spawnSync('pdftotext', ['-v']).error !== undefined;
  if (isMissing) t.skip('SKIPPED: Poppler is not installed (apt-get install poppler-utils)');
  return !isMissing;
}

function run(program: Program, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`, { cause: error });
  if (stderr !== '') throw new Error(`${program} complains: ${stderr}`);
  return stdout;
}

function withFile<T>(bytes: Uint8Array, use: (path: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'ishizue-pdf-'));
  try {
    const path = join(directory, 'paper.pdf');
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
