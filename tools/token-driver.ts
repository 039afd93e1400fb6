/**
 * pkcs11js, the driver of PKCS#11 tokens, comes as C++ and is not built by an install, which runs no scripts. Only who keeps
 * keys in a token needs it: `npm run build:token`. Three files and Node's own headers: a compiler is enough, no network.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { root, runCaptured } from './run-captured.ts';

const DRIVER = path.join(root, 'node_modules/pkcs11js');
const BUILT = path.join(DRIVER, 'build/Release/pkcs11.node');
const BUILD_LIMIT_MS = 180_000;

export const isTokenDriverBuilt = (): boolean => existsSync(BUILT);

/**
 * Builds the driver where it is not built.
 * @returns what was done or why not, for people
 */
export async function buildTokenDriver(signal?: AbortSignal): Promise<{ isOk: boolean; note: string }> {
  if (isTokenDriverBuilt()) return { isOk: true, note: 'the token driver is built' };
  if (!existsSync(DRIVER)) return { isOk: false, note: 'pkcs11js is not installed' };
  const headers = path.resolve(path.dirname(process.execPath), '../include/node');
  if (!existsSync(path.join(headers, 'node_api.h'))) return { isOk: false, note: `no headers in ${headers}` };
  mkdirSync(path.dirname(BUILT), { recursive: true });
  const sources = ['dl', 'common', 'main'].map((name) => path.join(DRIVER, `src/${name}.cpp`));
  const includes = [path.join(DRIVER, 'includes'), headers].map((folder) => `-I${folder}`);
  const defines = [
    '-DNAPI_DISABLE_CPP_EXCEPTIONS',
    '-DNODE_GYP_MODULE_NAME=pkcs11',
    '-DBUILDING_NODE_EXTENSION',
  ];
  const shape = [
    '-O2',
    '-std=c++17',
    '-fPIC',
    '-shared',
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
  ];
  const unfinished = `${BUILT}.${process.pid}`;
  const command = ['c++', ...shape, ...defines, ...includes, ...sources, '-o', unfinished];
  const { code, said } = await runCaptured(command, { limit_ms: BUILD_LIMIT_MS, ...(signal && { signal }) });
  if (code !== 0) return { isOk: false, note: said.trim().split('\n').at(-1) ?? 'the compiler failed' };
  renameSync(unfinished, BUILT);
  return { isOk: true, note: 'built the token driver' };
}
