/**
 * The file that holds the keys: the records sealed under the passphrase (sealed-box.ts), replaced whole at each
 * change, so that a crash leaves the keys of before or after. Invariant: a key is given out only after the file that
 * holds it is on the disk. Changes that come together share one save.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { replaceFile } from './durable-file.ts';
import { findUsesFault, isKeyName, KEYS_MAX, type KeyAlgorithm, sameUses } from './key-uses.ts';
import { DEFAULT_SCRYPT_COST, openSealedBox, type ScryptCost, SealingKey } from './sealed-box.ts';
import { refuse, type SignerResult, type SignerStartCode } from './signer-code.ts';
import {
  findTokenId,
  generateMaterial,
  type KeyDescription,
  type KeyRecord,
  keyDescriptionFields,
  StoredKey,
  tokenReference,
} from './stored-key.ts';
import { errorCode, ignoreMissing } from './system-error.ts';
import type { Token } from './token/token.ts';
import { findTokenAlgorithm } from './token/token-algorithm.ts';
import { bytes, decode, encode, list, record } from './wire.ts';

const FILE_MAX_BYTES = 64 * 1024 * 1024;
const PASSPHRASE_MIN_CHARACTERS = 12;

const keyRecords = list(record<KeyRecord>({ ...keyDescriptionFields, material: bytes }), KEYS_MAX);

export interface KeyStoreOptions {
  readonly path: string;
  readonly passphrase: string;
  readonly clock: Clock;
  /** For a store that is made new; an existing one keeps its own. */
  readonly scryptCost?: ScryptCost;
  /** Where keys of some names are made and stay. */
  readonly token?: TokenForKeys;
}

export interface TokenForKeys {
  readonly token: Token;
  /** How the names begin whose key pairs are made in the token. */
  readonly prefixes: readonly string[];
}

type OpenCode = Extract<SignerStartCode, `passphrase-${string}` | `key-store-${string}` | 'token-needed'>;

/** One generation or save that is under way for a name. */
interface Creation {
  readonly algorithm: KeyAlgorithm;
  readonly uses: readonly string[];
  readonly outcome: Promise<SignerResult<StoredKey>>;
}

export class KeyStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #sealingKey: SealingKey;
  readonly #token: TokenForKeys | undefined;
  readonly #keys = new Map<string, StoredKey>();
  readonly #creations = new Map<string, Creation>();
  #unsaved: { key: StoredKey; settle: (outcome: SignerResult<StoredKey>) => void }[] = [];
  #saving = false;
  #rsaTurn: Promise<unknown> = Promise.resolve();

  private constructor(options: KeyStoreOptions, sealingKey: SealingKey, records: readonly KeyRecord[]) {
    this.#path = options.path;
    this.#clock = options.clock;
    this.#sealingKey = sealingKey;
    this.#token = options.token;
    for (const entry of records) this.#keys.set(entry.name, new StoredKey(entry, options.token?.token));
  }

  /** Opens the store; where there is no file, makes an empty one in memory that the first key writes. */
  static async open(options: KeyStoreOptions): Promise<Result<KeyStore, OpenCode>> {
    if (options.passphrase.length < PASSPHRASE_MIN_CHARACTERS) {
      return fail('passphrase-weak', `fewer than ${PASSPHRASE_MIN_CHARACTERS} characters`);
    }
    const found = await stat(options.path).catch(ignoreMissing);
    if (!found) {
      const cost = options.scryptCost ?? DEFAULT_SCRYPT_COST;
      return ok(new KeyStore(options, await SealingKey.create(options.passphrase, cost), []));
    }
    if ((found.mode & 0o077) !== 0) return fail('key-store-exposed', 'the file is open to group or others');
    if (found.size > FILE_MAX_BYTES) return fail('key-store-damaged', `${found.size} bytes`);
    const opened = await openSealedBox(await readFile(options.path), options.passphrase);
    if (!opened.ok) return opened;
    const records = decode(keyRecords, opened.value.plaintext);
    if (!records) return fail('key-store-damaged', 'the records do not parse');
    const inToken = records.value.find((each) => findTokenId(each) !== undefined);
    if (inToken && !options.token) return fail('token-needed', `${inToken.name} is in a token`);
    return ok(new KeyStore(options, opened.value.key, records.value));
  }

  get size(): number {
    return this.#keys.size;
  }

  find(name: string): StoredKey | undefined {
    return this.#keys.get(name);
  }

  /** Everything but the material, by name. */
  list(): KeyDescription[] {
    return [...this.#keys.values()]
      .filter((key) => isKeyName(key.record.name))
      .map(({ record: { name, algorithm, uses, createdAt, spki } }) => ({
        name,
        algorithm,
        uses,
        createdAt,
        spki,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes a key, or gives the one of that name where algorithm and uses are the same. Resolves once it is durable. */
  async ensure(
    name: string,
    algorithm: KeyAlgorithm,
    uses: readonly string[],
  ): Promise<SignerResult<StoredKey>> {
    if (!isKeyName(name)) return refuse('key-name-invalid', 'not a key name');
    const fault = findUsesFault(uses, algorithm);
    if (fault !== undefined) return refuse('uses-invalid', fault);
    const key = this.#keys.get(name);
    const underWay = this.#creations.get(name);
    const existing = key?.record ?? underWay;
    if (existing && (existing.algorithm !== algorithm || !sameUses(existing.uses, uses))) {
      return refuse('key-differs', `${name} exists with another algorithm or other uses`);
    }
    if (key) return ok(key);
    if (underWay) return underWay.outcome;
    if (this.#keys.size + this.#creations.size >= KEYS_MAX)
      return refuse('key-store-full', `${KEYS_MAX} keys`);
    const outcome = this.#create(name, algorithm, uses).finally(() => this.#creations.delete(name));
    this.#creations.set(name, { algorithm, uses, outcome });
    return outcome;
  }

  /** A new key that is not in the store yet. */
  async draft(name: string, algorithm: KeyAlgorithm, uses: readonly string[]): Promise<StoredKey> {
    const material = algorithm.startsWith('rsa-')
      ? await this.#inTurn(() => generateMaterial(algorithm))
      : await generateMaterial(algorithm);
    return new StoredKey({ name, algorithm, uses: [...uses], createdAt: this.#clock.now(), ...material });
  }

  /** Puts a drafted key into the store; resolves once it is durable. */
  save(key: StoredKey): Promise<SignerResult<StoredKey>> {
    return new Promise((settle) => {
      this.#unsaved.push({ key, settle });
      if (!this.#saving) void this.#writeUnsaved();
    });
  }

  async #create(
    name: string,
    algorithm: KeyAlgorithm,
    uses: readonly string[],
  ): Promise<SignerResult<StoredKey>> {
    const isInToken = this.#token?.prefixes.some((prefix) => name.startsWith(prefix)) ?? false;
    if (!this.#token || !isInToken || algorithm === 'secret')
      return this.save(await this.draft(name, algorithm, uses));
    const { token } = this.#token;
    const ofToken = findTokenAlgorithm(algorithm);
    if (!ofToken) return refuse('algorithm-not-in-token', `no token makes ${algorithm} keys`);
    const made = await token.generate(ofToken, name);
    if (!made.ok) return made;
    const [material, spki] = [tokenReference(made.value.id), Buffer.from(made.value.spki)];
    const kept = { name, algorithm, uses: [...uses], createdAt: this.#clock.now(), spki, material };
    return this.save(new StoredKey(kept, token));
  }

  /** Writes what is unsaved, again and again until nothing is. A file that cannot be written settles the batch. */
  async #writeUnsaved(): Promise<void> {
    this.#saving = true;
    while (this.#unsaved.length > 0) {
      const batch = this.#unsaved;
      this.#unsaved = [];
      const records = [...this.#keys.values(), ...batch.map(({ key }) => key)].map((key) => key.record);
      const sealed = this.#sealingKey.seal(encode(keyRecords, records));
      try {
        await replaceFile(this.#path, sealed);
        for (const { key } of batch) this.#keys.set(key.record.name, key);
        for (const { key, settle } of batch) settle(ok(key));
      } catch (error) {
        for (const { settle } of batch) settle(refuse('storage-failed', errorCode(error)));
      }
    }
    this.#saving = false;
  }

  /** One RSA generation at a time: the rest of the thread pool goes on signing. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#rsaTurn.then(work);
    this.#rsaTurn = turn.catch(() => undefined);
    return turn;
  }
}
