/**
 * What the signer remembers of each tree: the last size and root that it signed, in its own file. Invariant: a head
 * is on the disk before a signature over it leaves the signer, and a later head continues it (RFC 9162). Requests
 * that come while a write is under way share the next write and its fdatasync. After a failed write nobody knows
 * what the disk holds, so nothing is signed until a restart reads it.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeSlot, encodeSlot, SLOT_BYTES, type Slot } from './checkpoint-slot.ts';
import { replaceFile } from './durable-file.ts';
import { isOrigin } from './key-uses.ts';
import { isConsistent, isPossibleHead, type TreeHead } from './merkle-consistency.ts';
import { refuse, type SignerResult } from './signer-code.ts';

const ORIGINS_MAX = 20_000;
const GROUP_MAX = 256;
const COMPACT_AFTER_SLOTS = 8_192; // 4 MiB
const PROOF_MAX_HASHES = 64; // a tree of 2^53 leaves needs 54

/** A head and where its proof starts. */
export interface CheckpointClaim extends TreeHead {
  readonly origin: string;
  readonly previousSize: number;
  readonly consistencyProof: readonly Buffer[];
}

interface Remembered {
  readonly head: TreeHead;
  /** False when the write failed. */
  readonly durable: Promise<boolean>;
}

interface Waiting {
  readonly origin: string;
  readonly head: TreeHead;
  readonly settle: (written: boolean) => void;
}

const DURABLE = Promise.resolve(true);

export class CheckpointMemory {
  readonly #path: string;
  readonly #key: Buffer;
  readonly #trees = new Map<string, Remembered>();
  #file: FileHandle;
  #group: number;
  #slots: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failed = false;

  private constructor(path: string, key: Buffer, file: FileHandle, contents: StateContents) {
    this.#path = path;
    this.#key = key;
    this.#file = file;
    this.#group = contents.group;
    this.#slots = contents.heads.size;
    for (const [origin, head] of contents.heads) this.#trees.set(origin, { head, durable: DURABLE });
  }

  /** Makes the file of a signer that remembers nothing. */
  static async create(path: string, key: Buffer): Promise<void> {
    await replaceFile(path, encodeContents(key, { group: 0, heads: new Map() }));
  }

  /** Reads the file, leaves out what a crash cut off, and writes it anew. */
  static async open(
    path: string,
    key: Buffer,
  ): Promise<Result<CheckpointMemory, 'state-damaged' | 'state-foreign'>> {
    const contents = parseContents(key, await readFile(path));
    if (!contents.ok) return contents;
    await replaceFile(path, encodeContents(key, contents.value));
    return ok(new CheckpointMemory(path, key, await open(path, 'a'), contents.value));
  }

  get origins(): number {
    return this.#trees.size;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** The last head that may have been signed for the origin. */
  last(origin: string): TreeHead | undefined {
    return this.#trees.get(origin)?.head;
  }

  /** Remembers the claimed head where it continues what is remembered; resolves once that is on the disk. */
  async remember(claim: CheckpointClaim): Promise<SignerResult<TreeHead>> {
    const refusal = this.#findRefusal(claim);
    if (refusal) return refusal;
    const known = this.#trees.get(claim.origin);
    const head: TreeHead = { size: claim.size, rootHash: Buffer.from(claim.rootHash) };
    const durable = known && known.head.size === head.size ? known.durable : this.#write(claim.origin, head);
    if (await durable) return ok(head);
    return refuse('state-write-failed', 'the state file could not be written');
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  #findRefusal(claim: CheckpointClaim): SignerResult<never> | undefined {
    if (this.#failed) return refuse('state-write-failed', 'an earlier write failed');
    if (
      !isOrigin(claim.origin) ||
      !isPossibleHead(claim) ||
      claim.consistencyProof.length > PROOF_MAX_HASHES
    ) {
      return refuse('checkpoint-invalid', 'not an origin, a tree head and a proof');
    }
    const known = this.#trees.get(claim.origin)?.head;
    if (!known) {
      if (claim.previousSize !== 0 || claim.consistencyProof.length > 0) {
        return refuse('checkpoint-previous-differs', 'nothing was signed for this origin yet');
      }
      return this.#trees.size < ORIGINS_MAX
        ? undefined
        : refuse('checkpoint-origins-full', `${ORIGINS_MAX} origins`);
    }
    if (claim.size < known.size) return refuse('checkpoint-smaller', `size ${known.size} was signed`);
    if (claim.size === known.size) {
      return known.rootHash.equals(claim.rootHash)
        ? undefined
        : refuse('checkpoint-fork', `another root was signed for size ${known.size}`);
    }
    if (claim.previousSize !== known.size) {
      return refuse('checkpoint-previous-differs', `the last signed size is ${known.size}`);
    }
    if (isConsistent(known, claim, claim.consistencyProof)) return undefined;
    return refuse('checkpoint-inconsistent', `the proof from size ${known.size} does not verify`);
  }

  #write(origin: string, head: TreeHead): Promise<boolean> {
    const durable = new Promise<boolean>((settle) => this.#waiting.push({ origin, head, settle }));
    this.#trees.set(origin, { head, durable });
    this.#writing ??= this.#writeGroups();
    return durable;
  }

  /** Never rejects. */
  async #writeGroups(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP_MAX);
      if (!this.#failed) await this.#writeGroup(group).catch(() => (this.#failed = true));
      for (const { settle } of group) settle(!this.#failed);
    }
    this.#writing = undefined;
  }

  async #writeGroup(waiting: readonly Waiting[]): Promise<void> {
    this.#group++;
    const slots = waiting.map(({ origin, head }) =>
      encodeSlot(this.#key, { group: this.#group, origin, head }),
    );
    await this.#file.appendFile(Buffer.concat(slots));
    await this.#file.datasync();
    this.#slots += slots.length;
    if (this.#slots > Math.max(COMPACT_AFTER_SLOTS, 4 * this.#trees.size)) await this.#compact();
  }

  async #compact(): Promise<void> {
    const heads = new Map([...this.#trees].map(([origin, { head }]) => [origin, head]));
    await replaceFile(this.#path, encodeContents(this.#key, { group: this.#group, heads }));
    const replaced = this.#file;
    this.#file = await open(this.#path, 'a');
    await replaced.close();
    this.#slots = heads.size;
  }
}

interface StateContents {
  /** The number of the last write. */
  readonly group: number;
  readonly heads: ReadonlyMap<string, TreeHead>;
}

/** Whether a state file remembers nothing, so that replacing it loses nothing. */
export const remembersNothing = (file: Buffer): boolean => file.length <= SLOT_BYTES;

function encodeContents(key: Buffer, { group, heads }: StateContents): Buffer {
  const first: Slot = { group, origin: '', head: { size: 0, rootHash: Buffer.alloc(32) } };
  const slots = [...heads].map(([origin, head]) => encodeSlot(key, { group, origin, head }));
  return Buffer.concat([encodeSlot(key, first), ...slots]);
}

function parseContents(key: Buffer, file: Buffer): Result<StateContents, 'state-damaged' | 'state-foreign'> {
  const first = file.length < SLOT_BYTES ? 'changed' : decodeSlot(key, file.subarray(0, SLOT_BYTES));
  if (typeof first === 'string' || first.origin !== '') {
    return fail(
      'state-foreign',
      'the state file was not made by this key store, or its first slot was changed',
    );
  }
  const heads = new Map<string, TreeHead>();
  let group = first.group;
  let cut = false;
  // a rest shorter than a slot was cut off by a crash before its write was finished
  for (let at = SLOT_BYTES; at + SLOT_BYTES <= file.length; at += SLOT_BYTES) {
    const slot = decodeSlot(key, file.subarray(at, at + SLOT_BYTES));
    if (slot === 'changed') return fail('state-damaged', `slot ${at / SLOT_BYTES} was changed`);
    if (slot === 'untouched') {
      cut = true;
      continue;
    }
    // what is cut off can only be of the last write, the one whose end nobody was told of
    if (slot.group < group || slot.group > group + 1) {
      return fail('state-damaged', `slot ${at / SLOT_BYTES} is out of order`);
    }
    if (!cut) group = slot.group;
    if ((heads.get(slot.origin)?.size ?? 0) <= slot.head.size) heads.set(slot.origin, slot.head);
  }
  return ok({ group: group + 1, heads });
}
