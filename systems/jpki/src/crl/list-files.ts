/**
 * Lists of revoked certificates as files, one a number, so that none is ever overwritten while it is served. A file has
 * its name only when all of it is on the disk: a kill leaves the old list, and beside it a piece that the next one of
 * that number replaces.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CertificateKind } from '../profile/certificate-kind.ts';

/** One list of one number. */
export interface ListName {
  readonly kind: CertificateKind;
  readonly generation: number;
  /** The distribution point's id, 0 for a whole generation. */
  readonly point: number;
  readonly number: number;
}

export class ListFiles {
  readonly #root: string;

  /** @param root a folder of their own; it is made where it is not there */
  constructor(root: string) {
    this.#root = root;
  }

  /** Begins a file; it is there under its name when `keep` resolves. */
  async create(list: ListName): Promise<ListWriter> {
    const file = this.#fileOf(list);
    await mkdir(path.dirname(file), { recursive: true });
    return new ListWriter(file, await open(`${file}.new`, 'w+', 0o644));
  }

  /** Whether the file is there. */
  async has(list: ListName): Promise<boolean> {
    const file = await this.find(list);
    await file?.close();
    return file !== undefined;
  }

  /** The open file; undefined where it is not there. */
  async find(list: ListName): Promise<FileHandle | undefined> {
    try {
      return await open(this.#fileOf(list));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Removes what came before the lists given, one of each point of a generation. */
  async removeOlder(
    generation: Omit<ListName, 'point' | 'number'>,
    current: ReadonlyMap<number, number>,
  ): Promise<void> {
    const folder = this.#folderOf(generation);
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const [, point, number] = /^(\d+)-(\d+)\.crl(?:\.new)?$/.exec(name) ?? [];
      if (Number(number) < (current.get(Number(point)) ?? 0))
        await rm(path.join(folder, name), { force: true });
    }
  }

  #folderOf({ kind, generation }: Omit<ListName, 'point' | 'number'>): string {
    return path.join(this.#root, `${kind}-${generation}`);
  }

  #fileOf(list: ListName): string {
    return path.join(this.#folderOf(list), `${list.point}-${list.number}.crl`);
  }
}

/** A file that is being written from its beginning. */
export class ListWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  #hash: Hash | undefined = createHash('sha256');
  bytes = 0;

  constructor(file: string, handle: FileHandle) {
    this.#path = file;
    this.#file = handle;
  }

  async write(octets: Uint8Array): Promise<void> {
    this.#hash?.update(octets);
    this.bytes += octets.length;
    await this.#file.writeFile(octets); // from where the last one ended
  }

  /**
   * Puts other octets in the place of the first ones, when all is written: an ECDSA signature tells its length last, and
   * DER wants it first. Octets of another number move what follows through memory; two numbers meet only where a length
   * needs one octet more, at 64 KiB and 16 MiB, so no long list is moved.
   */
  async replaceStart(length: number, octets: Uint8Array): Promise<void> {
    this.#hash = undefined;
    const rest = Buffer.alloc(octets.length === length ? 0 : this.bytes - length);
    await this.#file.read(rest, 0, rest.length, length);
    await this.#file.write(octets, 0, octets.length, 0);
    if (rest.length === 0) return;
    this.bytes += octets.length - length;
    await this.#file.write(rest, 0, rest.length, octets.length);
    await this.#file.truncate(this.bytes);
  }

  /** Puts the file under its name, durably; answers its SHA-256. */
  async keep(): Promise<Buffer> {
    const sha256 = this.#hash?.digest() ?? (await this.#readHash());
    await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#path}.new`, this.#path);
    const folder = await open(path.dirname(this.#path));
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return sha256;
  }

  async #readHash(): Promise<Buffer> {
    const hash = createHash('sha256');
    for await (const piece of this.#file.createReadStream({ start: 0, autoClose: false })) hash.update(piece);
    return hash.digest();
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(`${this.#path}.new`, { force: true });
  }
}
