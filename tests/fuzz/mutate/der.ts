/**
 * Mutations that know DER (X.690): tags, lengths and the lies about them, nesting, order, repetition, the extremes of
 * integers, times, object identifiers, bit strings. All else stays DER, so that the change is met deep inside a parser.
 */
import type { Draws } from '../draws.ts';
import { copyOf, type DerNode, nodesOf, readTree, shortestLength, writeTree } from './der-tree.ts';
import { mutateOctets } from './octets.ts';

const TAGS: readonly number[] = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1c, 0x1e, 0x24, 0x30,
  0x31, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x1f, 0x3f, 0x00,
];

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Contents that break what was written with ordinary values in mind, by the tag for which they are made. */
const EXTREMES: Readonly<Record<number, readonly Uint8Array[]>> = {
  0x01: [bytes('00'), bytes('ff'), bytes('01'), bytes(''), bytes('ff00')],
  0x02: [
    '',
    '00',
    '01',
    '7f',
    '80',
    'ff',
    '0080',
    '0000',
    'ff80',
    'ffff',
    '7fffffff',
    '80000000',
    '00ffffffff',
    `00${'ff'.repeat(20)}`,
    `7f${'ff'.repeat(19)}`,
    'ff'.repeat(21),
    '01'.repeat(300),
    '20000000000000',
  ].map(bytes),
  0x03: ['', '00', '07', '0780', '0080', '08ff', '01', '00ff', '0100', '07ff', '000000', '0007ff80'].map(
    bytes,
  ),
  0x05: [bytes(''), bytes('00')],
  0x06: [
    '',
    '80',
    '00',
    '2a',
    'ff',
    '8001',
    '2a80',
    'ffffffff7f',
    `2a${'ff'.repeat(9)}7f`,
    '2a8f',
    `2a${'81'.repeat(200)}01`,
    '551d13',
    '551d0f',
    '551d14',
    '551d1b',
    '551d1e',
    '551d20',
    '551d21',
    '551d24',
    '551d1f',
    '2b06010505073001',
    '2b0601050507300102',
  ].map(bytes),
  0x0a: ['', '00', '01', '06', '07', '08', '0a', '0b', '7f', '80', 'ff', '7fffffff', '0080'].map(bytes),
  0x17: [
    '000101000000Z',
    '491231235959Z',
    '500101000000Z',
    '991231235960Z',
    '250229000000Z',
    '',
    '2501010000Z',
  ].map(ascii),
  0x18: [
    '00000101000000Z',
    '20491231235959Z',
    '20500101000000Z',
    '99991231235959Z',
    '20250229000000Z',
    '20250101000000.0Z',
    '20250101000000',
    '2025010100Z',
    '',
  ].map(ascii),
  0x0c: [
    bytes('ff'),
    bytes('c080'),
    bytes('eda080'),
    bytes('f4908080'),
    bytes(''),
    bytes('00'),
    bytes('e38080'),
  ],
  0x1e: [bytes('00'), bytes('d800'), bytes('0000')],
  0x1c: [bytes('00110000'), bytes('0000d800'), bytes('ffffffff')],
};

type Change = (draws: Draws, node: DerNode, nodes: readonly DerNode[], other: readonly DerNode[]) => void;

const replace = (node: DerNode, by: DerNode): void => {
  const { tag, members, content, lead } = copyOf(by);
  Object.assign(node, { tag, members, content, lead });
  delete node.header;
};

const setContent = (node: DerNode, content: Uint8Array): void => {
  node.members = undefined;
  node.lead = 0;
  node.content = content;
};

const contentOf = (node: DerNode): Uint8Array =>
  node.members === undefined ? node.content : Buffer.concat(node.members.map(writeTree));

/** Some node with members, other than none. */
const parentIn = (draws: Draws, nodes: readonly DerNode[]): DerNode[] | undefined => {
  const parents = nodes.filter(({ members }) => (members?.length ?? 0) > 0);
  return parents.length === 0 ? undefined : draws.oneOf(parents).members;
};

const CHANGES: readonly Change[] = [
  // an extreme of its own type, twice as likely as the rest
  ...Array.from(
    { length: 2 },
    (): Change => (draws, node) => {
      setContent(
        node,
        draws.oneOf(EXTREMES[node.tag] ?? EXTREMES[draws.oneOf([0x02, 0x03, 0x06, 0x0c])] ?? []),
      );
    },
  ),
  (draws, node) => void (node.tag = draws.oneOf(TAGS)),
  (draws, node) => setContent(node, mutateOctets(draws, contentOf(node), contentOf(node))),
  (draws, node) => setContent(node, mutateOctets(draws, contentOf(node), contentOf(node))),
  (draws, _, nodes) => {
    const members = parentIn(draws, nodes);
    members?.splice(draws.below(members.length), 1);
  },
  (draws, _, nodes) => {
    const members = parentIn(draws, nodes);
    if (members === undefined) return;
    const doubled = copyOf(draws.oneOf(members));
    const times = draws.onceIn(8) ? 1 + draws.below(200) : 1;
    for (let each = 0; each < times && nodes.length < 3_000; each++)
      members.splice(draws.below(members.length + 1), 0, doubled);
  },
  (draws, _, nodes) => {
    const members = parentIn(draws, nodes);
    if (members === undefined) return;
    const [one, two] = [draws.below(members.length), draws.below(members.length)];
    const moved = members.splice(one, 1);
    members.splice(two, 0, ...moved);
  },
  (draws, node, nodes) => replace(node, draws.oneOf(nodes)),
  (draws, node, _, other) => {
    if (other.length > 0) replace(node, draws.oneOf(other));
  },
  // within so many more containers
  (draws, node) => {
    const inner = copyOf(node);
    let wrapped = inner;
    for (let left = draws.onceIn(4) ? 1 + draws.below(45) : 1; left > 0; left--)
      wrapped = {
        tag: draws.oneOf([0x30, 0x31, 0xa0, 0x04]),
        members: [wrapped],
        content: inner.content,
        lead: 0,
      };
    replace(node, wrapped);
  },
  (_, node) => {
    const inner = node.members?.[0];
    if (inner !== undefined) replace(node, inner);
  },
  (_, node) => setContent(node, Buffer.alloc(0)),
  (draws, node) => void (node.header = lyingHeader(draws, node)),
];

/** A header with a length that is long, short, indefinite, not the shortest, or beyond all measure. */
function lyingHeader(draws: Draws, node: DerNode): Uint8Array {
  const length = writeTree({ ...copyOf(node), tag: node.tag }).length;
  const told = contentOf(node).length;
  const lies: readonly (readonly number[])[] = [
    shortestLength(told + 1),
    shortestLength(Math.max(0, told - 1)),
    shortestLength(told + length),
    [0x80],
    [0x81, told & 0x7f],
    [0x82, (told >> 8) & 0xff, told & 0xff],
    [0x83, 0, (told >> 8) & 0xff, told & 0xff],
    [0x84, 0xff, 0xff, 0xff, 0xff],
    [0x84, 0x7f, 0xff, 0xff, 0xff],
    [0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xff],
  ];
  return Uint8Array.from([node.tag, ...draws.oneOf(lies)]);
}

/** One to four changes of the tree; changes of octets where the input is no tree, and now and then besides. */
export function mutateDer(draws: Draws, input: Uint8Array, other: Uint8Array): Buffer {
  const root = draws.onceIn(8) ? undefined : readTree(input);
  if (root === undefined) return mutateOctets(draws, input, other);
  const others = draws.onceIn(3) ? nodesOf(readTree(other) ?? root) : [];
  for (let left = 1 + draws.below(draws.onceIn(3) ? 4 : 1); left > 0; left--) {
    const nodes = nodesOf(root);
    draws.oneOf(CHANGES)(draws, draws.oneOf(nodes), nodes, others);
  }
  return writeTree(root);
}
