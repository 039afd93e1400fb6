/**
 * The lint of a CRL that comes in parts, for lists of any length: its head up to the entries, entries by the thousand, its
 * tail. What is kept is the head, one serial number and a few counts. Lengths that DER states before the octets must
 * be kept to the octet, entries ascend strictly, and each must be in the one form that writing it anew gives.
 */
import type { Failure } from '@ishizue/outcome';
import type { TbsCertList } from '../crl/crl.ts';
import { encodeCrlEntries, type ReadCrlEntry, readCrlEntry } from '../crl/crl-entry.ts';
import { DerReader } from '../der/reader.ts';
import { SEQUENCE } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';
import { type CrlEntryRule, isAfter } from './crl-rules.ts';
import { type LintFinding, type LintRule, lintCrl } from './lint-rule.ts';

/** A head or a tail beyond this is none. */
const EDGE_BYTES_MAX = 65_536;
/** More octets than this are no CRL: DER lengths of four octets end here. */
const LIST_BYTES_MAX = 2 ** 32 - 1;

interface Head {
  /** The fields before the entries. */
  readonly fields: Uint8Array;
  readonly thisUpdate: number;
  /** Octets of entries that the head announces. */
  readonly entriesBytes: number;
  /** Octets of the tail that the head leaves room for. */
  readonly tailBytes: number;
}

export class CrlPartsLint {
  readonly #rules: readonly LintRule<TbsCertList>[];
  readonly #entryRules: readonly CrlEntryRule[];
  #head: Head | undefined;
  #entriesBytes = 0;
  #last: Uint8Array | undefined;

  /** @param rules the rules on a list, of which those on entries find none @param entryRules the rules on each entry */
  constructor(rules: readonly LintRule<TbsCertList>[], entryRules: readonly CrlEntryRule[]) {
    this.#rules = rules;
    this.#entryRules = entryRules;
  }

  /** Takes everything up to the first entry. */
  head(octets: Uint8Array): readonly LintFinding[] {
    if (this.#head) return [finding('parts-come-in-order', 'a second head')];
    const head = readHead(octets);
    if (typeof head === 'string') return [finding('parts-come-in-order', head)];
    this.#head = head;
    return [];
  }

  /** Takes whole entries, one after another. */
  entries(octets: Uint8Array): readonly LintFinding[] {
    const head = this.#head;
    if (!head || octets.length === 0)
      return [finding('parts-come-in-order', 'entries before a head, or none')];
    this.#entriesBytes += octets.length;
    if (this.#entriesBytes > head.entriesBytes)
      return [finding('lengths-are-kept', 'more entries than the head announces')];
    const reader = new DerReader(octets, octets.length);
    const entries: ReadCrlEntry[] = [];
    while (reader.more()) entries.push(readCrlEntry(reader));
    const read = reader.finish(entries);
    return read.ok ? this.#check(read.value, octets, head) : [unread(read.failure)];
  }

  /** Takes what follows the entries; with no findings so far, the list may be signed. */
  end(tail: Uint8Array): readonly LintFinding[] {
    const head = this.#head;
    if (!head) return [finding('parts-come-in-order', 'a tail without a head')];
    if (this.#entriesBytes !== head.entriesBytes || tail.length !== head.tailBytes)
      return [finding('lengths-are-kept', 'fewer entries, or another tail, than the head announces')];
    // the list without its entries: all that is said of them was checked as they came
    const bare = encodeDer((writer) => {
      writer.header(SEQUENCE, head.fields.length + tail.length);
      writer.raw(head.fields);
      writer.raw(tail);
    });
    return lintCrl(this.#rules, bare);
  }

  #check(entries: readonly ReadCrlEntry[], octets: Uint8Array, head: Head): readonly LintFinding[] {
    for (const entry of entries) {
      if (this.#last && !isAfter(entry.serial, this.#last))
        return [finding('entries-ascend', 'a serial number that is not after the one before it')];
      this.#last = entry.serial;
      for (const { name, citation, isWrong } of this.#entryRules)
        if (isWrong(entry, head)) return [{ rule: name, citation, detail: 'an entry' }];
    }
    // a copy: the octets are the caller's and may not outlive this call
    this.#last &&= this.#last.slice();
    if (Buffer.compare(encodeCrlEntries(entries), octets) !== 0)
      return [finding('writing-the-entries-anew-gives-the-same-octets', 'the octets differ')];
    return [];
  }
}

const finding = (rule: string, detail: string): LintFinding => ({
  rule,
  citation: 'RFC 5280 5.1.2; X.690 10.1',
  detail,
});

const unread = ({ code, detail }: Failure): LintFinding => finding('parses', `${code}: ${detail}`);

/** What the head says, or why it is none. */
function readHead(octets: Uint8Array): Head | string {
  if (octets.length > EDGE_BYTES_MAX) return 'a head beyond every measure';
  const list = openSequence(octets, 0);
  if (!list) return 'not a SEQUENCE';
  let at = list.start;
  let thisUpdate = 0;
  // version, algorithm, issuer, thisUpdate, nextUpdate: each must be there; the lint reads them again at the end
  for (let field = 0; field < HEAD_FIELDS; field++) {
    const reader = new DerReader(octets.subarray(at), octets.length - at);
    if (field === THIS_UPDATE) {
      thisUpdate = reader.time();
    } else reader.skip();
    if (reader.failed) return `field ${field}`;
    at += reader.offset;
  }
  const fields = octets.slice(list.start, at);
  const entries = at === octets.length ? undefined : openSequence(octets, at);
  if (at !== octets.length && entries?.start !== octets.length) return 'not the header of the entries';
  if (entries?.length === 0) return 'an empty list of entries';
  const entriesBytes = entries?.length ?? 0;
  const tailBytes = list.length - (octets.length - list.start) - entriesBytes;
  if (tailBytes < 0 || tailBytes > EDGE_BYTES_MAX) return 'lengths that do not fit together';
  return { fields, thisUpdate, entriesBytes, tailBytes };
}

const HEAD_FIELDS = 5;
const THIS_UPDATE = 3;

/** Where the content of a SEQUENCE begins and how long it is said to be, in shortest form; the content may be elsewhere. */
function openSequence(octets: Uint8Array, at: number): { start: number; length: number } | undefined {
  const first = octets[at + 1];
  if (octets[at] !== SEQUENCE || first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, length: first };
  const count = first & 0x7f;
  const start = at + 2 + count;
  if (count === 0 || count > 4 || start > octets.length) return undefined;
  let length = 0;
  for (let next = at + 2; next < start; next++) length = length * 256 + (octets[next] ?? 0);
  const isShortest = length >= (count === 1 ? 0x80 : 2 ** (8 * (count - 1)));
  return isShortest && length <= LIST_BYTES_MAX ? { start, length } : undefined;
}
