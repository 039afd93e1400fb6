/**
 * The card's state in one file: a line that names the card, and the record sealed with AES-256-GCM (SP 800-38D) under a
 * key derived from the device key. Replaced atomically: written beside, fsynced, renamed, the folder fsynced; whoever is
 * killed leaves the old state or the new.
 *
 * What the seal protects: the file alone (a backup, a copied folder without the key) shows no key and no PIN hash, and
 * cannot be edited. What it cannot: whoever has the device key too has everything, and an old copy put back
 * brings back its tries. A chip protects against both; software does not.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type CardRecord, cardRecord } from './card-record.ts';

const HEADER = /^ishizue-card\/1 ([0-9A-Z]{1,32})\n/;
const FILE_BYTES_MAX = 262_144;
const NONCE_BYTES = 12; // random: safe for 2^32 saves under one key, far beyond a card's life
const TAG_BYTES = 16;
export const DEVICE_KEY_BYTES = 32;

export class CardFile {
  readonly path: string;
  readonly #deviceKey: Uint8Array;

  constructor(file: string, deviceKey: Uint8Array) {
    if (deviceKey.length !== DEVICE_KEY_BYTES) throw new Error('a device key has 32 bytes');
    this.path = path.resolve(file);
    this.#deviceKey = deviceKey;
  }

  async load(): Promise<Result<CardRecord, 'card-absent' | 'card-damaged'>> {
    const octets = await this.#read();
    if (octets === undefined) return fail('card-absent', 'there is no card here');
    const record = this.#unseal(octets);
    return record ? ok(record) : fail('card-damaged', 'the file is no card of this device key');
  }

  /** Durable when it resolves. */
  async save(record: CardRecord): Promise<void> {
    const beside = `${this.path}.new`; // one name: the card is locked, and what a killed process left is replaced
    const handle = await open(beside, 'w', 0o600);
    try {
      await handle.writeFile(this.#seal(record));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, this.path);
    await syncFolder(path.dirname(this.path));
  }

  async #read(): Promise<Buffer | undefined> {
    let handle: Awaited<ReturnType<typeof open>>;
    try {
      handle = await open(this.path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { size } = await handle.stat();
      return size > FILE_BYTES_MAX ? Buffer.alloc(0) : await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  #seal(record: CardRecord): Buffer {
    const header = Buffer.from(`ishizue-card/1 ${record.cardId}\n`);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(record.cardId), nonce).setAAD(header);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(record)), cipher.final()]);
    return Buffer.concat([header, nonce, cipher.getAuthTag(), sealed]);
  }

  #unseal(octets: Buffer): CardRecord | undefined {
    const [header, cardId] = HEADER.exec(octets.toString('latin1', 0, 64)) ?? [];
    const start = header?.length ?? 0;
    if (cardId === undefined || octets.length < start + NONCE_BYTES + TAG_BYTES) return undefined;
    const nonce = octets.subarray(start, start + NONCE_BYTES);
    const tag = octets.subarray(start + NONCE_BYTES, start + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(cardId), nonce)
      .setAAD(octets.subarray(0, start))
      .setAuthTag(tag);
    try {
      const text = Buffer.concat([
        decipher.update(octets.subarray(start + NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      return cardRecord.parse(JSON.parse(text.toString()));
    } catch {
      return undefined; // the tag does not hold: another key, or another hand
    }
  }

  #keyOf(cardId: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#deviceKey, '', `ishizue card file ${cardId}`, 32));
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
