/** A data directory of a test, and what proves that nothing of an installation in it runs any more. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder through which PostgreSQL's own user passes; it is removed after the test. */
export function dataForTest(t: { after(work: () => void): void }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-server-'));
  chmodSync(folder, 0o755);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'data');
}

/** The processes that name the data directory on their command line: PostgreSQL's do. */
export function processesOf(data: string): readonly string[] {
  return readdirSync('/proc').flatMap((entry) => {
    const file = `/proc/${entry}/cmdline`;
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid || !existsSync(file)) return [];
    try {
      const command = readFileSync(file, 'utf8').replaceAll('\0', ' ');
      return command.includes(data) ? [`${entry} ${command}`] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
