/**
 * Lists of revoked certificates as files, one a number, so that none is ever overwritten while it is served. A file has
 * its name only when all of it is on the disk: a kill leaves the old list, and beside it a piece that the next one of
 * that number replaces.
 */
import { createHash } from 'node:crypto';
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
    return new ListWriter(file, await open(`${file}.new`, 'w', 0o644));
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
  readonly #hash = createHash('sha256');
  bytes = 0;

  constructor(file: string, handle: FileHandle) {
    this.#path = file;
    this.#file = handle;
  }

  async write(octets: Uint8Array): Promise<void> {
    this.#hash.update(octets);
    this.bytes += octets.length;
    await this.#file.writeFile(octets); // from where the last one ended
  }

  /** Puts the file under its name, durably; answers its SHA-256. */
  async keep(): Promise<Buffer> {
    await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#path}.new`, this.#path);
    const folder = await open(path.dirname(this.#path));
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return this.#hash.digest();
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(`${this.#path}.new`, { force: true });
  }
}
