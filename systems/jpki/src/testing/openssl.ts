/** The openssl program as a second opinion: whatever JPKI writes, another implementation must read and believe. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why tests with openssl cannot run here, or false: the `skip` of such a test. */
export const opensslMissing: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'the openssl program is not installed';

/** A directory of files for openssl, which `using` removes. */
export class OpensslDesk {
  readonly #directory = mkdtempSync(join(tmpdir(), 'jpki-openssl-'));

  put(name: string, content: Uint8Array | string): void {
    writeFileSync(join(this.#directory, name), content);
  }

  /** Runs a command line and answers what it said, on both outputs; never blocks this process, which may be asked. */
  run(line: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve) => {
      const options = { cwd: this.#directory, timeout: 60_000, maxBuffer: 1 << 26 };
      execFile('openssl', line.trim().split(/\s+/), options, (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : 1, text: stdout + stderr });
      });
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
