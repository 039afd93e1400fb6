/**
 * DER as a tree that can be changed and written anew, with right lengths all the way up: what random octets hardly ever
 * hit. Independent of the reader under test, so that writing anew is also an oracle: DER has one encoding for one value.
 */

/** An element: with members, or with plain content. `lead` octets stand before the members (a BIT STRING's unused bits). */
export interface DerNode {
  tag: number;
  members: DerNode[] | undefined;
  content: Uint8Array;
  lead: number;
  /** Octets that stand in the place of tag and length, for lies about them. */
  header?: Uint8Array;
}

const DEPTH_MAX = 40;
const CONSTRUCTED = 0x20;
const [BIT_STRING, OCTET_STRING] = [0x03, 0x04];

interface Read {
  readonly node: DerNode;
  readonly end: number;
}

/** Whether octets that wrap an encoding (OCTET STRING, BIT STRING) are nodes with members too. */
type Wraps = 'opened' | 'closed';

function readNode(
  octets: Uint8Array,
  at: number,
  limit: number,
  depth: number,
  wraps: Wraps,
): Read | undefined {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined || at + 2 > limit || depth > DEPTH_MAX) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4 || (first >= 0x80 && count === 0)) return undefined;
  const start = at + 2 + count;
  let length = count === 0 ? first : 0;
  for (let next = at + 2; next < start; next++) length = length * 256 + (octets[next] ?? 0);
  const end = start + length;
  if (end > limit) return undefined;
  const content = octets.subarray(start, end);
  const lead = tag === BIT_STRING ? 1 : 0;
  const isWrap = tag === OCTET_STRING || (tag === BIT_STRING && content[0] === 0);
  const isContainer = (tag & CONSTRUCTED) !== 0;
  const isOpened = isContainer || (isWrap && wraps === 'opened');
  const members = isOpened ? readNodes(octets, start + lead, end, depth + 1, wraps) : undefined;
  // what is constructed has members; octets may be just octets
  if (isContainer && members === undefined) return undefined;
  return { node: { tag, members, content, lead: members === undefined ? 0 : lead }, end };
}

function readNodes(
  octets: Uint8Array,
  from: number,
  limit: number,
  depth: number,
  wraps: Wraps,
): DerNode[] | undefined {
  const members: DerNode[] = [];
  let at = from;
  while (at < limit) {
    const read = readNode(octets, at, limit, depth, wraps);
    if (read === undefined) return undefined;
    members.push(read.node);
    at = read.end;
  }
  return members;
}

/** The tree of one element that fills the octets; undefined where they are none. */
export function readTree(octets: Uint8Array, wraps: Wraps = 'opened'): DerNode | undefined {
  const read = readNode(octets, 0, octets.length, 0, wraps);
  return read?.end === octets.length ? read.node : undefined;
}

export function shortestLength(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest & 0xff);
  return [0x80 | octets.length, ...octets];
}

const octetsOf = ({ members, content, lead }: DerNode): Uint8Array =>
  members === undefined ? content : Buffer.concat([Buffer.alloc(lead), ...members.map(writeTree)]);

/** The octets of a tree: lengths in their shortest form, but where a header lies. */
export function writeTree(node: DerNode): Buffer {
  const content = octetsOf(node);
  const header = node.header ?? Uint8Array.from([node.tag, ...shortestLength(content.length)]);
  return Buffer.concat([header, content]);
}

/** All nodes, parents first. */
export function nodesOf(root: DerNode): DerNode[] {
  const nodes: DerNode[] = [root];
  for (let at = 0; at < nodes.length; at++) nodes.push(...(nodes[at]?.members ?? []));
  return nodes;
}

export const copyOf = (node: DerNode): DerNode => ({
  ...node,
  members: node.members?.map(copyOf),
});
