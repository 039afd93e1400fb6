/** The openssl program as a second opinion: what is written here, another implementation reads, and the reverse. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why tests with openssl cannot run here, or false: the `skip` of such a test. */
export const opensslMissing: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'the openssl program is not installed';

/** What a run of openssl said. */
export interface OpensslRun {
  readonly status: number | null;
  /** Standard output and standard error, in this order. */
  readonly text: string;
}

/** A directory of files for openssl, which `using` removes. */
export class OpensslDesk {
  readonly directory = mkdtempSync(join(tmpdir(), 'x509-'));

  /** Writes a file and answers its path. */
  put(name: string, content: Uint8Array | string): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  /** The content of a file that openssl wrote. */
  read(name: string): Uint8Array {
    return readFileSync(join(this.directory, name));
  }

  /** Runs a command line whose words are parted by white space. */
  run(line: string): OpensslRun {
    const run = spawnSync('openssl', line.trim().split(/\s+/), {
      cwd: this.directory,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 28,
    });
    return { status: run.status, text: run.stdout + run.stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
