/** Poppler's reading of a PDF, as a second opinion in tests; where it is missing they are skipped, and say so. */
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/** The text of each page without spaces. */
export function pdfTextPages(bytes: Buffer): readonly string[] {
  const { status, stdout, stderr } = spawnSync('pdftotext', ['-raw', '-', '-'], { input: bytes });
  if (status !== 0) throw new Error(`pdftotext: ${stderr.toString()}`);
  return stdout
    .toString()
    .split('\f')
    .slice(0, -1)
    .map((page) => page.replaceAll(/\s/g, ''));
}

/** Skips the test, visibly, where Poppler is missing. */
export function needsPoppler(t: TestContext): boolean {
  const isMissing = spawnSync('pdftotext', ['-v']).error !== undefined;
  if (isMissing) t.skip('SKIPPED: Poppler is not installed (apt-get install poppler-utils)');
  return !isMissing;
}

/** The text but for the paper's fingerprint, which is hexadecimal and may have as many digits in a row as a code. */
export const withoutFingerprint = (text: string): string => text.replace(/照合符号[0-9a-f]{16}/g, '');
