/**
 * Object identifiers between dotted text and content octets (X.690 8.19). The text form is what the package's callers
 * see. Identifiers that the program itself names are remembered, so that reading one of them allocates nothing.
 */

/** Content octets beyond this are refused: no real identifier comes near. */
const OID_BYTES_MAX = 64;
/** How many identifiers are remembered. Only `encodeOid` adds any, so input cannot fill the table. */
const REMEMBERED_MAX = 1024;

interface Remembered {
  readonly dotted: string;
  readonly bytes: Uint8Array;
}

const byDotted = new Map<string, Remembered>();
const byHash = new Map<number, Remembered>();

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = end - start;
  for (let at = start; at < end; at++) value = (Math.imul(value, 31) + (bytes[at] ?? 0)) | 0;
  return value;
}

function pushBase128(octets: number[], arc: bigint): void {
  const groups = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
  octets.push(...groups.toReversed());
}

/** The content octets of a dotted identifier. Throws on text that is none: identifiers to write come from code. */
export function encodeOid(dotted: string): Uint8Array {
  const known = byDotted.get(dotted);
  if (known !== undefined) return known.bytes;
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(dotted)) throw new Error(`no object identifier: ${dotted}`);
  const [first = 0n, second = 0n, ...others] = dotted.split('.').map(BigInt);
  if (first < 2n && second > 39n) throw new Error(`no object identifier: ${dotted}`);
  const octets: number[] = [];
  pushBase128(octets, first * 40n + second);
  for (const arc of others) pushBase128(octets, arc);
  if (octets.length > OID_BYTES_MAX) throw new Error(`an object identifier too long: ${dotted}`);
  const remembered = { dotted, bytes: Uint8Array.from(octets) };
  if (byDotted.size < REMEMBERED_MAX) {
    byDotted.set(dotted, remembered);
    byHash.set(hash(remembered.bytes, 0, octets.length), remembered);
  }
  return remembered.bytes;
}

function equalsAt(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
  return true;
}

/** An arc of any size, from its base-128 octets. */
function largeArc(bytes: Uint8Array, start: number, end: number): bigint {
  let arc = 0n;
  for (let at = start; at < end; at++) arc = (arc << 7n) | BigInt((bytes[at] ?? 0) & 0x7f);
  return arc;
}

/** Arcs of up to this many octets are exact in a double. */
const SMALL_ARC_OCTETS = 7;

function decodeArcs(bytes: Uint8Array, start: number, end: number): string | undefined {
  const arcs: (number | bigint)[] = [];
  for (let at = start; at < end; ) {
    if (bytes[at] === 0x80) return undefined; // padded: not the shortest form
    const first = at;
    let small = 0;
    while (at < end && (bytes[at] ?? 0) >= 0x80) small = small * 128 + ((bytes[at++] ?? 0) & 0x7f);
    if (at === end) return undefined;
    small = small * 128 + (bytes[at++] ?? 0);
    arcs.push(at - first <= SMALL_ARC_OCTETS ? small : largeArc(bytes, first, at));
  }
  // The first two components share one number (8.19.4).
  const [packed = 0, ...others] = arcs;
  if (typeof packed === 'bigint') return [2, packed - 80n, ...others].join('.');
  const root = Math.min(Math.trunc(packed / 40), 2);
  return [root, packed - root * 40, ...others].join('.');
}

/** The dotted identifier in the content octets from `start` to `end`, or undefined where they are none. */
export function decodeOid(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end <= start || end - start > OID_BYTES_MAX) return undefined;
  const known = byHash.get(hash(bytes, start, end));
  if (known !== undefined && equalsAt(known.bytes, bytes, start, end)) return known.dotted;
  return decodeArcs(bytes, start, end);
}
