import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DerReader } from './reader.ts';
import { OCTET_STRING, SEQUENCE } from './tag.ts';

const reader = (hex: string, bytesMax = 1024): DerReader => new DerReader(Buffer.from(hex, 'hex'), bytesMax);

/** The code with which a reading of these octets fails, or `ok`. */
function outcome(hex: string, read: (reader: DerReader) => unknown): string {
  const from = reader(hex);
  read(from);
  const result = from.finish(undefined);
  return result.ok ? 'ok' : result.failure.code;
}

const readOctets = (from: DerReader): unknown => from.octetString();

test('lengths are definite, shortest and within what contains them', () => {
  assert.equal(outcome('0400', readOctets), 'ok');
  assert.equal(outcome(`048180${'00'.repeat(128)}`, readOctets), 'ok');
  assert.equal(outcome('0480', readOctets), 'length-invalid', 'indefinite');
  assert.equal(outcome('04800000', readOctets), 'length-invalid', 'indefinite');
  assert.equal(outcome('04810100', readOctets), 'length-invalid', 'long form of a short length');
  assert.equal(outcome('0481', readOctets), 'truncated');
  assert.equal(outcome(`04820080${'00'.repeat(128)}`, readOctets), 'length-invalid', 'padded');
  assert.equal(outcome('048500000000010000', readOctets), 'length-invalid', 'five octets of length');
  assert.equal(outcome('0484ffffffff', readOctets), 'truncated');
  assert.equal(outcome('04ff', readOctets), 'length-invalid');
  assert.equal(outcome('0402aa', readOctets), 'truncated');
  assert.equal(outcome('04', readOctets), 'truncated');
  assert.equal(outcome('', readOctets), 'truncated');
  assert.equal(outcome('0401aabb', readOctets), 'trailing-data');
  assert.equal(outcome('0501aa', readOctets), 'unexpected-tag');
  assert.equal(
    outcome('1f810100', (from) => from.skip()),
    'unexpected-tag',
    'a tag of several octets',
  );
  assert.equal(
    outcome('0000', (from) => from.skip()),
    'unexpected-tag',
    'an end-of-contents',
  );
});

test('an element does not reach out of its container', () => {
  const code = outcome('3003040500aabbccdd', (from) => {
    from.enter(SEQUENCE);
    from.octetString();
  });
  assert.equal(code, 'truncated');
});

test('a container must be read to its end', () => {
  assert.equal(
    outcome('30040400 0500'.replaceAll(' ', ''), (from) => {
      from.enter(SEQUENCE);
      from.octetString();
      from.leave();
    }),
    'trailing-data',
  );
});

test('the first failure sticks and everything after it is empty', () => {
  const from = reader('30060101012a020105');
  from.enter(SEQUENCE);
  assert.equal(from.boolean(), false);
  assert.equal(from.failed, true);
  assert.equal(from.more(), false);
  assert.equal(from.peek(), 0);
  assert.equal(from.integer().length, 0);
  assert.equal(from.oid(), '');
  assert.equal(from.octetString().length, 0);
  assert.equal(from.time(), 0);
  from.leave();
  from.reject('empty', 'a later one');
  const result = from.finish(undefined);
  assert.equal(!result.ok && result.failure.code, 'boolean-invalid');
  assert.match(result.ok ? '' : result.failure.detail, /octet 2$/);
});

test('primitives are taken in their one encoding only', () => {
  const cases: [string, (from: DerReader) => unknown, string][] = [
    ['0101ff', (from) => from.boolean(), 'ok'],
    ['010101', (from) => from.boolean(), 'boolean-invalid'],
    ['01020000', (from) => from.boolean(), 'boolean-invalid'],
    ['0100', (from) => from.boolean(), 'boolean-invalid'],
    ['0200', (from) => from.integer(), 'integer-invalid'],
    ['02020001', (from) => from.integer(), 'integer-invalid'],
    ['0202ff80', (from) => from.integer(), 'integer-invalid'],
    ['02020080', (from) => from.integer(), 'ok'],
    ['0201ff', (from) => from.integer(), 'ok'],
    ['0201ff', (from) => from.smallInteger(255), 'integer-invalid'],
    ['02020100', (from) => from.smallInteger(255), 'integer-invalid'],
    ['020500ffffffff', (from) => from.smallInteger(0x7fff_ffff), 'integer-invalid'],
    ['0a0107', (from) => from.enumerated(6), 'integer-invalid'],
    ['0500', (from) => from.null(), 'ok'],
    ['050100', (from) => from.null(), 'trailing-data'],
    ['0300', (from) => from.bitString(), 'bit-string-invalid'],
    ['030100', (from) => from.bitString(), 'ok'],
    ['030201fe', (from) => from.bitString(), 'bit-string-invalid'],
    ['03020780', (from) => from.namedBits(), 'ok'],
    ['03020700', (from) => from.namedBits(), 'bit-string-invalid'],
    ['03020680', (from) => from.namedBits(), 'bit-string-invalid'],
    ['03020781', (from) => from.namedBits(), 'bit-string-invalid'],
    ['03020880', (from) => from.namedBits(), 'bit-string-invalid'],
    ['030101', (from) => from.namedBits(), 'bit-string-invalid'],
    ['0304000000ff', (from) => from.namedBits(), 'bit-string-invalid'],
    ['0600', (from) => from.oid(), 'oid-invalid'],
    ['06022a80', (from) => from.oid(), 'oid-invalid'],
    ['06032a8001', (from) => from.oid(), 'oid-invalid'],
    [`0641${'2a'.repeat(65)}`, (from) => from.oid(), 'oid-invalid'],
  ];
  for (const [hex, read, expected] of cases) assert.equal(outcome(hex, read), expected, hex);
});

test('size and depth are bounded', () => {
  assert.equal(outcome(`0482 0400${'00'.repeat(1024)}`.replace(' ', ''), readOctets), 'too-large');
  let nested = Buffer.alloc(0);
  for (let depth = 0; depth < 40; depth++) nested = Buffer.concat([Buffer.of(0x30, nested.length), nested]);
  const code = outcome(nested.toString('hex'), (from) => {
    for (let depth = 0; depth < 40; depth++) from.enter(SEQUENCE);
  });
  assert.equal(code, 'too-deep');
});

test('slices alias the input', () => {
  const bytes = Buffer.from('0402aabb', 'hex');
  const from = new DerReader(bytes, 16);
  const content = from.content(OCTET_STRING);
  bytes[2] = 0xcc;
  assert.equal(content[0], 0xcc);
});

test('leaving too often or not at all is a bug of the parser and throws', () => {
  const from = reader('0400');
  from.octetString();
  assert.throws(() => from.leave());
  const inside = reader('3000');
  inside.enter(SEQUENCE);
  assert.throws(() => inside.finish(undefined));
});
