/**
 * Programs and fonts outside npm that some tests use as a second opinion. Where Debian's apt-get is at hand and we are
 * root they are installed; where not, their tests are skipped and the summary says so. Never a reason to fail.
 */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { runCaptured } from './run-captured.ts';
import { isTokenDriverBuilt } from './token-driver.ts';

interface OutsideProgram {
  readonly name: string;
  readonly debianPackage: string;
  readonly isThere: () => boolean;
  /** Its package starts a service where systemd runs: there it is for people to install. */
  readonly startsService?: true;
}

const UPDATE_LIMIT_MS = 60_000;
const INSTALL_LIMIT_MS = 150_000;
const APT = [
  '-qq',
  '-o',
  'Acquire::Retries=1',
  '-o',
  'Acquire::http::Timeout=15',
  '-o',
  'DPkg::Lock::Timeout=60',
];

const FONT_FOLDERS = [
  '/usr/share/fonts/truetype/ipamj',
  '/usr/share/fonts/ipa-mj-mincho',
  '/usr/local/share/fonts',
  '/Library/Fonts',
  path.join(homedir(), '.local/share/fonts'),
  path.join(homedir(), 'Library/Fonts'),
];

const PROGRAMS: readonly OutsideProgram[] = [
  { name: 'openssl', debianPackage: 'openssl', isThere: () => areOnPath('openssl') },
  {
    name: 'Poppler',
    debianPackage: 'poppler-utils',
    isThere: () => areOnPath('pdftotext', 'pdftoppm', 'pdffonts', 'pdfinfo', 'pdfsig'),
  },
  {
    name: 'NIST’s PKITS',
    debianPackage: 'python3-cryptography-vectors',
    isThere: () => existsSync('/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data'),
  },
  { name: 'GnuTLS', debianPackage: 'gnutls-bin', isThere: () => areOnPath('certtool', 'ocsptool') },
  {
    name: 'NSS',
    debianPackage: 'libnss3-tools',
    isThere: () => areOnPath('certutil', 'crlutil', 'vfychain'),
  },
  { name: 'a JDK', debianPackage: 'default-jdk-headless', isThere: () => areOnPath('java', 'javac') },
  {
    name: 'nginx',
    debianPackage: 'nginx-light',
    isThere: () => areOnPath('nginx') || existsSync('/usr/sbin/nginx'),
    startsService: true,
  },
  {
    name: 'SoftHSM',
    debianPackage: 'softhsm2',
    isThere: () => areOnPath('softhsm2-util'),
  },
  { name: 'OpenSC', debianPackage: 'opensc', isThere: () => areOnPath('opensc-tool', 'pkcs15-tool') },
  { name: 'OpenSC’s PKCS#11', debianPackage: 'opensc-pkcs11', isThere: () => isLibrary('opensc-pkcs11.so') },
  {
    name: 'pcscd',
    debianPackage: 'pcscd',
    isThere: () => areOnPath('pcscd') || existsSync('/usr/sbin/pcscd'),
    startsService: true,
  },
  {
    name: 'a virtual card reader',
    debianPackage: 'vsmartcard-vpcd',
    isThere: () => existsSync('/etc/reader.conf.d/vpcd'),
    startsService: true,
  },
  { name: 'ip', debianPackage: 'iproute2', isThere: () => areOnPath('ip') || existsSync('/usr/sbin/ip') },
  { name: 'a C++ compiler', debianPackage: 'g++', isThere: () => areOnPath('c++') || isTokenDriverBuilt() },
  { name: 'OpenJPEG', debianPackage: 'libopenjp2-tools', isThere: () => areOnPath('opj_decompress') },
  { name: 'Chromium', debianPackage: 'chromium', isThere: () => areOnPath('chromium') },
  {
    name: 'IPAmj Mincho',
    debianPackage: 'fonts-ipamj-mincho',
    isThere: () => FONT_FOLDERS.some((folder) => existsSync(path.join(folder, 'ipamjm.ttf'))),
  },
];

function areOnPath(...programs: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return programs.every((program) => folders.some((folder) => existsSync(path.join(folder, program))));
}

/** Whether Debian’s folders of libraries have it, whatever the machine’s kind. */
const isLibrary = (file: string): boolean =>
  existsSync('/usr/lib') &&
  ['.', ...readdirSync('/usr/lib')].some((folder) => existsSync(path.join('/usr/lib', folder, file)));

/** What is missing here, for people: `Chromium (Debian: chromium)`. */
export function missingPrograms(): readonly string[] {
  return missing().map(({ name, debianPackage }) => `${name} (Debian: ${debianPackage})`);
}

const missing = (): readonly OutsideProgram[] => PROGRAMS.filter(({ isThere }) => !isThere());

/**
 * Installs what is missing, where that is possible.
 * @returns what was done or why not, for people
 */
export async function installMissing(signal: AbortSignal): Promise<string> {
  const isSystemd = existsSync('/run/systemd/system');
  const wanted = missing()
    .filter(({ startsService }) => !(startsService && isSystemd))
    .map(({ debianPackage }) => debianPackage);
  if (wanted.length === 0)
    return missing().length === 0 ? 'all outside programs are there' : 'nothing to install';
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !areOnPath('apt-get'))
    return `not installed: ${wanted.join(', ')} (needs root on Debian)`;
  const update = await aptGet(['update'], UPDATE_LIMIT_MS, signal);
  if (update !== undefined) return `not installed: ${wanted.join(', ')} (${update})`;
  const said: string[] = [];
  // one by one: one that cannot be had keeps no other away
  for (const name of wanted) {
    const trouble = await aptGet(
      ['install', '-y', '--no-install-recommends', name],
      INSTALL_LIMIT_MS,
      signal,
    );
    said.push(trouble === undefined ? `installed ${name}` : `not installed: ${name} (${trouble})`);
  }
  return said.join('; ');
}

/** undefined, or the last line of what went wrong. */
async function aptGet(
  arguments_: readonly string[],
  limit_ms: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { code, said } = await runCaptured(['apt-get', ...APT, ...arguments_], {
    limit_ms,
    signal,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  return code === 0 ? undefined : (said.trim().split('\n').at(-1) ?? 'no reason given');
}
