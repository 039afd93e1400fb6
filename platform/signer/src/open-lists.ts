/**
 * Lists of revoked certificates that come in parts, so that one of any length neither fills the signer's memory nor keeps
 * others waiting. Every part is linted and then hashed here; what is signed at the end is the signer's own hash of
 * what it saw, never one that it was given (ML-DSA has no hash to sign: a list for it is kept whole, and bounded). One
 * finding ends the list: its id is then unknown.
 */
import { ok } from '@ishizue/outcome';
import { findRefusal, type LintFinding, type ListLint } from './lints.ts';
import { refuse, type SignerResult } from './signer-code.ts';
import type { PartsSigning, Signed } from './signing.ts';
import type { StoredKey } from './stored-key.ts';

const LISTS_MAX = 16;
/** A list whose next part does not come makes room for others. */
const SILENT_MS_MAX = 60_000;

interface OpenList {
  readonly lint: ListLint;
  readonly signing: PartsSigning;
  heardAt: number;
}

export class OpenLists {
  readonly #newLint: ((signerSpki: Buffer) => ListLint) | undefined;
  readonly #now: () => number;
  readonly #lists = new Map<string, OpenList>();

  /** @param now milliseconds that only ever grow */
  constructor(
    newLint: ((signerSpki: Buffer) => ListLint) | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#newLint = newLint;
    this.#now = now;
  }

  open(key: StoredKey, id: Buffer, head: Buffer): SignerResult<undefined> {
    if (!this.#newLint) return refuse('profile-without-lint', 'no lint belongs to lists in parts');
    const signing = key.signParts();
    if (!signing) return refuse('use-not-allowed', `${key.record.algorithm} signs whole lists only`);
    this.#forgetSilent();
    if (this.#lists.size >= LISTS_MAX) return refuse('signer-busy', `${LISTS_MAX} lists are open`);
    const name = id.toString('hex');
    if (this.#lists.has(name)) return refuse('lint-refused', 'a list of that id is open');
    const list: OpenList = { lint: this.#newLint(key.record.spki), signing, heardAt: this.#now() };
    const refusal = takePart(list, head, () => list.lint.head(head));
    if (refusal) return refusal;
    this.#lists.set(name, list);
    return ok(undefined);
  }

  extend(id: Buffer, part: Buffer): SignerResult<undefined> {
    const list = this.#take(id);
    if (!list) return unknown();
    const refusal = takePart(list, part, () => list.lint.entries(part));
    if (refusal) return refusal;
    list.heardAt = this.#now();
    this.#lists.set(id.toString('hex'), list);
    return ok(undefined);
  }

  sign(id: Buffer, tail: Buffer): Signed {
    const list = this.#take(id);
    if (!list) return unknown();
    return takePart(list, tail, () => list.lint.end(tail)) ?? list.signing.sign();
  }

  /** The list, no longer open: whatever goes wrong from here on, nobody goes on with it. */
  #take(id: Buffer): OpenList | undefined {
    const name = id.toString('hex');
    const list = this.#lists.get(name);
    this.#lists.delete(name);
    return list;
  }

  #forgetSilent(): void {
    const since = this.#now() - SILENT_MS_MAX;
    for (const [name, { heardAt }] of this.#lists) if (heardAt < since) this.#lists.delete(name);
  }
}

/** Hashes a part in which nothing is found. */
function takePart(
  { signing }: OpenList,
  part: Buffer,
  look: () => readonly LintFinding[],
): SignerResult<never> | undefined {
  const refusal = findRefusal(look);
  if (refusal) return refusal;
  return signing.update(part)
    ? undefined
    : refuse('list-too-large', 'more than a key of this algorithm signs at once');
}

const unknown = (): SignerResult<never> => refuse('list-unknown', 'no list of that id is open');
