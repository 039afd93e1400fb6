import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.ts';
import { type LogResource, logPath, parseLogPath } from './tile-paths.ts';

test('paths are those of tlog-tiles', () => {
  assert.equal(logPath({ kind: 'checkpoint' }), 'checkpoint');
  assert.equal(logPath({ kind: 'tile', level: 0, n: 1_234_067, width: 256 }), 'tile/0/x001/x234/067');
  assert.equal(logPath({ kind: 'tile', level: 2, n: 0, width: 1 }), 'tile/2/000.p/1');
  assert.equal(logPath({ kind: 'entries', n: 1_234_067, width: 8 }), 'tile/entries/x001/x234/067.p/8');
  assert.throws(() => logPath({ kind: 'tile', level: 0, n: 0, width: 257 }));
  assert.throws(() => logPath({ kind: 'tile', level: 0, n: -1, width: 1 }));
});

test('every resource has one path, and the path names it', () => {
  const n = fc.maxSafeNat();
  const width = fc.integer({ min: 1, max: 256 });
  const resource: fc.Arbitrary<LogResource> = fc.oneof(
    fc.constant({ kind: 'checkpoint' as const }),
    fc.record(
      { kind: fc.constant('tile' as const), level: fc.integer({ min: 0, max: 63 }), n, width },
      { noNullPrototype: true },
    ),
    fc.record({ kind: fc.constant('entries' as const), n, width }, { noNullPrototype: true }),
  );
  fc.assert(
    fc.property(resource, (named) => {
      assert.deepEqual(mustSucceed(parseLogPath(logPath(named)), 'path'), named);
    }),
  );
});

test('another spelling of a path is refused', () => {
  const refused = [
    '',
    '/checkpoint',
    'checkpoint/',
    'tile/0/0',
    'tile/0/0067',
    'tile/00/067',
    'tile/64/067',
    'tile/-1/067',
    'tile/0/x000/067',
    'tile/0/001/067',
    'tile/0/x001/x067',
    'tile/0/067.p/0',
    'tile/0/067.p/256',
    'tile/0/067.p/01',
    'tile/0/067.p/',
    'tile/entries/67',
    'tile/0/067/',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/entry/067',
    'tile/0/०६७',
    `tile/0/${'x001/'.repeat(9)}001`,
  ];
  for (const path of refused) {
    const answer = parseLogPath(path);
    assert.equal(answer.ok ? 'taken' : answer.failure.code, 'path-malformed', path);
  }
});

test('a bundle gives back the leaves that it was made of', () => {
  const leaf = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(leaf, { maxLength: 256 }), (leaves) => {
      const bundle = encodeEntryBundle(leaves);
      assert.deepEqual(
        mustSucceed(decodeEntryBundle(bundle), 'bundle').map((bytes) => Uint8Array.from(bytes)),
        leaves,
      );
    }),
    { numRuns: 50 },
  );
  assert.equal(encodeEntryBundle([Buffer.from('ab'), Buffer.alloc(0)]).toString('hex'), '000261620000');
});

test('a bundle that is cut, too long or made of too long a leaf is refused', () => {
  const bundle = encodeEntryBundle([Buffer.from('abc'), Buffer.from('de')]);
  for (const length of [1, 2, 4, 6, bundle.length - 1])
    assert.equal(decodeEntryBundle(bundle.subarray(0, length)).ok, false, String(length));
  assert.equal(decodeEntryBundle(Buffer.alloc(2 * 257)).ok, false);
  assert.throws(() => encodeEntryBundle([Buffer.alloc(65_536)]));
  assert.throws(() => encodeEntryBundle(Array.from({ length: 257 }, () => Buffer.alloc(0))));
  assert.equal(encodeEntryBundle([Buffer.alloc(65_535)]).length, 65_537);
});
