import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLinkName, parseLinkName } from './link-name.ts';
import { BODY_BYTES_MAX, encodeMessage } from './message.ts';

test('a link’s name is read and written', () => {
  const name = { from: 'municipal/131016', to: 'prefectural/13', system: 'registry' };
  assert.equal(formatLinkName(name), 'municipal/131016>prefectural/13:registry');
  assert.deepEqual(parseLinkName('municipal/131016>prefectural/13:registry'), { ok: true, value: name });
  for (const wrong of [
    '',
    'a>b',
    'a>b:C',
    'a>b:c:d',
    'a>b>c:d',
    'a/>b:c',
    'A>b:c',
    `${'a'.repeat(65)}>b:c`,
    'a>b:c-d',
    'a b>c:d',
  ])
    assert.equal(parseLinkName(wrong).ok, false, wrong);
});

test('a message out of bounds is refused by the sender', () => {
  const message = { subject: '住民/1', topic: 'resident.moved-in', body: { name: '髙橋 \u0000 \ud800' } };
  assert.deepEqual(encodeMessage(message), { ...message, body: '{"name":"髙橋 \\u0000 \\ud800"}' });
  let deep: unknown = 1;
  for (let depth = 0; depth < 65; depth++) deep = [deep];
  for (const wrong of [
    { subject: '' },
    { subject: 'a'.repeat(201) },
    { subject: 'a\nb' },
    { subject: '\ud800' },
    { topic: '' },
    { topic: 'Moved' },
    { topic: 'a--b' },
    { body: undefined },
    { body: () => 1 },
    { body: 1n },
    { body: 'あ'.repeat(BODY_BYTES_MAX / 3) },
    { body: deep },
  ])
    assert.throws(() => encodeMessage({ ...message, ...wrong }), JSON.stringify(Object.keys(wrong)));
  assert.equal(
    encodeMessage({ ...message, body: 'x'.repeat(BODY_BYTES_MAX - 2) }).body.length,
    BODY_BYTES_MAX,
  );
});
