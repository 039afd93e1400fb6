import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { noticeWith } from '../testing/samples.ts';
import {
  type Answer,
  compareNodes,
  comparePersons,
  FIRST_QUESTION,
  identityDigest,
  LISTED_NODES_MAX,
  type ListedPerson,
  nextQuestion,
  onlyAsked,
  type Question,
  SPLIT_NODES_MAX,
  type TreeNode,
} from './digest-tree.ts';

type Holding = ReadonlyMap<string, ListedPerson>;

const xor = (a: string, b: string): string =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(16).padStart(32, '0');

function nodesOf(holding: Holding, length: number, within: readonly string[]): readonly TreeNode[] {
  const nodes = new Map<string, TreeNode>();
  for (const { residentCode, digest } of holding.values()) {
    if (!within.some((parent) => residentCode.startsWith(parent) && parent.length === length - 1)) continue;
    const prefix = residentCode.slice(0, length);
    const node = nodes.get(prefix) ?? { prefix, persons: 0, digest: '0'.repeat(32) };
    nodes.set(prefix, { prefix, persons: node.persons + 1, digest: xor(node.digest, digest) });
  }
  return [...nodes.values()];
}

function rootOf(holding: Holding): TreeNode {
  const digest = [...holding.values()].reduce((sum, person) => xor(sum, person.digest), '0'.repeat(32));
  return { prefix: '', persons: holding.size, digest };
}

function answer(holding: Holding, question: Question): Answer {
  const lengths = new Set(question.split.map((parent) => parent.length + 1));
  return {
    nodes: [
      ...(question.root ? [rootOf(holding)] : []),
      ...[...lengths].flatMap((length) => nodesOf(holding, length, question.split)),
    ],
    persons: [...holding.values()].filter(({ residentCode }) =>
      question.list.some((prefix) => residentCode.startsWith(prefix)),
    ),
  };
}

/** The whole comparison of two holdings in memory. */
function compare(own: Holding, theirs: Holding) {
  const differing: string[] = [];
  let moved = 0;
  let rounds = 0;
  let open = { split: [] as readonly string[], list: [] as readonly string[] };
  for (let question: Question | undefined = FIRST_QUESTION; question; question = nextQuestion(open)) {
    const asked = question;
    assert.ok(asked.split.length <= SPLIT_NODES_MAX && asked.list.length <= LISTED_NODES_MAX);
    const here = answer(own, asked);
    const there = answer(theirs, asked);
    moved += there.nodes.length + there.persons.length;
    rounds++;
    const found = compareNodes(here.nodes, there.nodes);
    differing.push(...comparePersons(here.persons, there.persons));
    open = {
      split: [...open.split.slice(asked.split.length), ...found.split],
      list: [...open.list.slice(asked.list.length), ...found.list],
    };
  }
  return { differing: differing.sort(), moved, rounds };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const personOf = (code: number, content = 0): ListedPerson => {
  const residentCode = String(code).padStart(11, '0');
  return { residentCode, sequence: 1, digest: digestOf(`${residentCode} ${content}`) };
};
const holdingOf = (persons: readonly ListedPerson[]): Map<string, ListedPerson> =>
  new Map(persons.map((person) => [person.residentCode, person]));

/** Random codes as the centre gives them, a run of neighbours, and both mixed. */
const codes = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 0, max: 99_999_999_999 }), { maxLength: 400 }),
  fc
    .tuple(fc.integer({ min: 0, max: 99_999_990_000 }), fc.integer({ min: 0, max: 400 }))
    .map(([first, count]) => Array.from({ length: count }, (_, index) => first + index)),
);

test('the comparison finds exactly who is missing above, missing below, other in content, or stale', () => {
  const change = fc.constantFrom('keep', 'keep', 'keep', 'drop-own', 'drop-theirs', 'content', 'stale');
  fc.assert(
    fc.property(codes, fc.infiniteStream(change), (all, changes) => {
      const own = holdingOf([]);
      const theirs = holdingOf([]);
      const expected: string[] = [];
      for (const code of all) {
        const person = personOf(code);
        const what = changes.next().value;
        if (what !== 'keep') expected.push(person.residentCode);
        if (what !== 'drop-own') own.set(person.residentCode, person);
        if (what === 'content') theirs.set(person.residentCode, personOf(code, 1));
        else if (what === 'stale')
          theirs.set(person.residentCode, { ...person, sequence: 0, digest: digestOf(`stale ${code}`) });
        else if (what !== 'drop-theirs') theirs.set(person.residentCode, person);
      }
      assert.deepEqual(compare(own, theirs).differing, expected.sort());
    }),
    { numRuns: 200, verbose: 1 },
  );
});

test('equal holdings agree on one digest', () => {
  fc.assert(
    fc.property(codes, (all) => {
      const holding = holdingOf(all.map((code) => personOf(code)));
      assert.deepEqual(compare(holding, new Map(holding)), { differing: [], moved: 1, rounds: 1 });
    }),
  );
});

test('k differences among n random codes move at most 1 + k·(10·log10 n + 16) digests', () => {
  const n = 20_000;
  // a fixed stride that is prime to the space: spread like random codes, the same in every run
  const persons = Array.from({ length: n }, (_, index) =>
    personOf((index * 61_803_398_875) % 99_999_999_977),
  );
  const own = holdingOf(persons);
  for (const k of [1, 10, 100]) {
    const theirs = new Map(own);
    for (let index = 0; index < k; index++) {
      const code = persons[(index * 7919) % n]?.residentCode ?? assert.fail('no such person');
      theirs.delete(code);
    }
    const { differing, moved } = compare(own, theirs);
    assert.equal(differing.length, k);
    const bound = 1 + k * (10 * Math.ceil(Math.log10(n)) + 16);
    assert.ok(moved <= bound, `${k} differences moved ${moved} digests, more than ${bound}`);
  }
});

test('two persons who exchange their data, and one whose items shift between fields, are differences', () => {
  const a = noticeWith({ residentCode: '10000000001', name: '石川　遥' });
  const b = noticeWith({ residentCode: '10000000002', name: '清水　翼' });
  const sum = (x: typeof a, y: typeof b): string => xor(identityDigest(x), identityDigest(y));
  assert.notEqual(sum(a, b), sum({ ...a, name: b.name }, { ...b, name: a.name }));
  const split = identityDigest(noticeWith({ formerSurname: '山', alias: null }));
  assert.notEqual(split, identityDigest(noticeWith({ formerSurname: null, alias: '山' })));
  assert.notEqual(split, identityDigest(noticeWith({ formerSurname: '山', alias: '' })));
});

test('what was not asked for is not heard: no answer makes a comparison ask the same again', () => {
  const node = (prefix: string): TreeNode => ({ prefix, persons: 99, digest: digestOf(prefix) });
  const question = { root: false, split: ['12', '9'], list: ['345'] };
  const { nodes, persons } = onlyAsked(question, {
    nodes: ['', '1', '12', '123', '1234', '91', '8'].map(node),
    persons: [personOf(34_500_000_000), personOf(34_600_000_000)],
  });
  assert.deepEqual(
    nodes.map(({ prefix }) => prefix),
    ['123', '91'],
  );
  assert.deepEqual(persons, [personOf(34_500_000_000)]);
  assert.deepEqual(onlyAsked(FIRST_QUESTION, { nodes: [node(''), node('1')], persons }).nodes, [node('')]);
  const code = '1'.repeat(11);
  assert.deepEqual(compareNodes([], [node(code)]), { split: [], list: [code] });
});
