import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { ACTOR_KINDS, decodeLeaf, encodeLeaf, type RecordedEntry } from './leaf.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { leafHash } from './tree/hashes.ts';

const entry: RecordedEntry = {
  site: 'municipal/131016',
  at: Date.parse('2026-11-22T01:02:03.456Z'),
  actorKind: 'operator',
  actor: 'operator-7',
  terminal: 'counter-3',
  article: '住民基本台帳法 第12条',
  affair: 'resident-record-copy',
  subject: Buffer.alloc(32, 0xab),
  fields: ['name', '住所 "A"'],
  result: 'ok',
  correlation: 'request-1',
  salt: Buffer.alloc(16, 1),
};

test('the leaf of an entry is these bytes for ever', () => {
  const leaf =
    '{"actor":"operator-7","actorKind":"operator","affair":"resident-record-copy","article":"住民基本台帳法 第12条",' +
    '"at":"2026-11-22T01:02:03.456Z","correlation":"request-1","fields":["name","住所 \\"A\\""],"result":"ok",' +
    '"salt":"AQEBAQEBAQEBAQEBAQEBAQ==","site":"municipal/131016",' +
    `"subject":"${'ab'.repeat(32)}","terminal":"counter-3","v":1}`;
  assert.equal(encodeLeaf(entry), leaf);
  // by Python’s hashlib
  assert.equal(
    leafHash(leaf).toString('hex'),
    'e28a552f2500c1824a9cdc2b5d7d2f53b543d0aef6ad6b553748bc565f1ab82e',
  );
});

test('the leaf of a joint entry is these bytes for ever', () => {
  const joint = { ...entry, subject: null, subjects: { count: 256, root: Buffer.alloc(32, 0xcd) } };
  const leaf =
    '{"actor":"operator-7","actorKind":"operator","affair":"resident-record-copy","article":"住民基本台帳法 第12条",' +
    '"at":"2026-11-22T01:02:03.456Z","correlation":"request-1","fields":["name","住所 \\"A\\""],"result":"ok",' +
    '"salt":"AQEBAQEBAQEBAQEBAQEBAQ==","site":"municipal/131016",' +
    `"subjects":{"count":256,"root":"${'cd'.repeat(32)}"},"terminal":"counter-3","v":2}`;
  assert.equal(encodeLeaf(joint), leaf);
  assert.deepEqual(mustSucceed(decodeLeaf(leaf), 'decode'), joint);
  for (const [from, to] of [
    ['"v":2', '"v":1'],
    ['"count":256', '"count":0'],
    ['"count":256', '"count":2.5'],
    ['"root":"cd', '"root":"'],
    ['"root":"cd', '"root":"CD'],
    ['"subjects":{', '"subject":null,"subjects":{'],
    ['"subjects":{', '"subjects":{"all":1,'],
  ] as const)
    assert.equal(decodeLeaf(leaf.replace(from, to)).ok, false, to);
});

/** RFC 8785 for texts, whole numbers and null, written plainly: the second opinion. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${canonical(key)}:${canonical(member)}`).join(',')}}`;
  }
  if (typeof value !== 'string') return String(value);
  const short: Readonly<Record<string, string>> = {
    '"': '\\"',
    '\\': '\\\\',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
  };
  const escaped = Array.from(value, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return short[character] ?? (code < 0x20 ? `\\u${code.toString(16).padStart(4, '0')}` : character);
  });
  return `"${escaped.join('')}"`;
}

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((one) => one.isWellFormed());
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const anyEntry: fc.Arbitrary<RecordedEntry> = fc.record(
  {
    site: text,
    at: fc.integer({ min: -2e12, max: 4e12 }),
    actorKind: fc.constantFrom(...ACTOR_KINDS),
    actor: text,
    terminal: text,
    article: text,
    affair: text,
    subject: fc.option(bytes(32)),
    fields: fc.array(text, { maxLength: 5 }),
    result: text,
    correlation: text,
    salt: bytes(16),
  },
  { noNullPrototype: true },
);

test('a leaf is canonical JSON, and reads back as the entry', () => {
  fc.assert(
    fc.property(anyEntry, (any) => {
      const leaf = encodeLeaf(any);
      assert.equal(leaf, canonical(JSON.parse(leaf)));
      assert.deepEqual(mustSucceed(decodeLeaf(leaf), 'leaf'), any);
    }),
  );
});

test('another spelling of the same leaf is refused', () => {
  const leaf = encodeLeaf(entry);
  const others = [
    `${leaf} `,
    leaf.replace('{', '{ '),
    leaf.replace('"v":1', '"v":2'),
    leaf.replace(',"v":1', ''),
    leaf.replace('"v":1', '"v":1,"w":1'),
    leaf.replace('.456Z', '.4560Z'),
    leaf.replace('abab', 'ABab'),
    leaf.replace('operator-7', 'operator\\u002d7'),
    leaf.replace('"operator"', '"nobody"'),
    leaf.replace('AQEBAQEBAQEBAQEBAQEBAQ==', 'AQEBAQEBAQEBAQEBAQEBAR=='),
    leaf.replace('["name"', '[1,"name"'),
    JSON.stringify({ v: 1, ...JSON.parse(leaf) }),
    '',
    'null',
    '[]',
    '{}',
  ];
  for (const other of others) {
    const answer = decodeLeaf(other);
    assert.equal(answer.ok ? 'taken' : answer.failure.code, 'leaf-malformed', other.slice(0, 60));
  }
});

test('a pseudonym is the HMAC of site and person under the site’s key, and the key is asked for once', () => {
  let asked = 0;
  const pseudonyms = new Pseudonyms((site) => {
    asked += 1;
    return Buffer.alloc(32, site.at(-1));
  });
  const pseudonym = pseudonyms.of('municipal/131016', '01234567890');
  assert.equal(pseudonym.length, 32);
  // by Python’s hmac
  assert.equal(pseudonym.toString('hex'), '0fe6d080918da677a1b7cb47461650095f9eada6b23b63ca31d0ed463f7caf1e');
  assert.deepEqual(pseudonyms.of('municipal/131016', '01234567890'), pseudonym);
  assert.equal(asked, 1);
  // same last letter, so the same key: the site itself still parts them
  assert.notDeepEqual(pseudonyms.of('municipal/132016', '01234567890'), pseudonym);
  assert.notDeepEqual(pseudonyms.of('municipal/131016', '01234567891'), pseudonym);
  assert.throws(() => new Pseudonyms(() => Buffer.alloc(16)).of('national', 'x'), /not 32 bytes/);
});

test('pseudonyms are what an independent HMAC says, whatever the site and however long the key of the person', () => {
  const secret = Buffer.alloc(32, 'secret');
  const pseudonyms = new Pseudonyms(() => secret);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      (site, person) => {
        const expected = createHmac('sha256', secret).update(`${site}\0${person}`).digest();
        assert.deepEqual(pseudonyms.of(site, person), expected);
      },
    ),
  );
});
