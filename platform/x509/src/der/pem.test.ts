import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodePem, encodePem } from './pem.ts';

test('blocks survive writing and reading, among other text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.uint8Array({ minLength: 1 }), (a, b) => {
      const text = `subject=a\n${encodePem('CERTIFICATE', a)}---\n${encodePem('X509 CRL', b)}${encodePem('CERTIFICATE', b)}`;
      const blocks = decodePem('CERTIFICATE', text);
      assert.ok(blocks.ok);
      assert.deepEqual(
        blocks.value.map((block) => Buffer.from(block)),
        [Buffer.from(a), Buffer.from(b)],
      );
    }),
  );
});

test('text without a block, with half a block or with other characters is refused', () => {
  const code = (text: string): string => {
    const result = decodePem('CERTIFICATE', text);
    return result.ok ? 'ok' : result.failure.code;
  };
  const good = encodePem('CERTIFICATE', Uint8Array.of(1, 2, 3));
  assert.equal(code(good), 'ok');
  assert.equal(code(''), 'pem-invalid');
  assert.equal(code(good.slice(0, -10)), 'pem-invalid');
  assert.equal(code(good.replace('AQID', 'AQ!D')), 'pem-invalid');
  assert.equal(code(good.replace('AQID', 'AQI')), 'pem-invalid');
  assert.equal(code(' '.repeat((1 << 20) + 1)), 'too-large');
});
