import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, newRequestId } from './request-id.ts';

test('base32 gives the vectors of RFC 4648 section 10, in lower case and without padding', () => {
  const vectors = {
    '': '',
    f: 'my',
    fo: 'mzxq',
    foo: 'mzxw6',
    foob: 'mzxw6yq',
    fooba: 'mzxw6ytb',
    foobar: 'mzxw6ytboi',
  };
  for (const [text, expected] of Object.entries(vectors)) assert.equal(base32(Buffer.from(text)), expected);
});

test('request ids do not repeat, also when the pool of random bytes is filled anew', () => {
  const ids = Array.from({ length: 2000 }, newRequestId);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => /^[a-z2-7]{26}$/.test(id)));
});
