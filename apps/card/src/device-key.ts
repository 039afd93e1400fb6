/**
 * The device key beside a card: 32 random bytes in a file of its own, made once. Keep it apart from the card's file
 * (another volume, a secret store) where that is possible: together they are the whole card.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { DEVICE_KEY_BYTES } from './card-file.ts';

/** Where a card’s device key lies: `X.key` beside `X.card`. */
export const deviceKeyFileOf = (cardFile: string): string => `${cardFile.replace(/\.card$/, '')}.key`;

/** The key by which the factory reads the card back, 32 octets: whoever has the device key has it. */
export const transportKeyOf = (deviceKey: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', deviceKey, '', 'ishizue card transport', 32));

/** The key in the file, made there if there is none. Two processes that ask at once get the same key. */
export async function loadOrMakeDeviceKey(file: string): Promise<Buffer> {
  const kept = await findDeviceKey(file);
  if (kept) return kept;
  const beside = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(randomBytes(DEVICE_KEY_BYTES));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(beside, file); // unlike a rename it never replaces a key that somebody already uses
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(beside, { force: true });
  }
  const made = await findDeviceKey(file);
  if (!made) throw new Error('a device key vanished while it was made');
  return made;
}

/** The key in the file, where there is one. */
export async function findDeviceKey(file: string): Promise<Buffer | undefined> {
  try {
    const key = await readFile(file);
    if (key.length !== DEVICE_KEY_BYTES) throw new Error('the file holds no device key');
    return key;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
