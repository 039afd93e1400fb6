/** SoftHSM as the token of a test: the library is one a process, so is its folder; each test has a token of its own in it. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenPlace } from '../token/token-messages.ts';

const [library] = globSync('/usr/lib/{softhsm,*/softhsm,x86_64-linux-gnu/softhsm}/libsofthsm2.so');
const driver = new URL('../../../../node_modules/pkcs11js/build/Release/pkcs11.node', import.meta.url);

/** Why tests with a token cannot run here, or false: the `skip` of such a test. */
export const tokenMissing: string | false =
  library === undefined
    ? 'SoftHSM is not installed'
    : existsSync(driver)
      ? false
      : 'pkcs11js is not built (npm run build:token)';

let folder: string | undefined;

/** The folder of all tokens of this process; moved away, they are gone. */
export function tokenFolder(): string {
  if (folder !== undefined) return join(folder, 'tokens');
  folder = mkdtempSync(join(tmpdir(), 'token-'));
  const made = folder;
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'conf'),
    `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`,
  );
  execFileSync('mkdir', [join(folder, 'tokens')]);
  process.env['SOFTHSM2_CONF'] = join(folder, 'conf');
  return join(folder, 'tokens');
}

/** Makes a token of that label. */
export function makeToken(label: string): TokenPlace {
  tokenFolder();
  const pin = '246810';
  const line = ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', pin];
  execFileSync('softhsm2-util', line, { stdio: 'pipe' });
  return { library: library ?? '', label, pin };
}
