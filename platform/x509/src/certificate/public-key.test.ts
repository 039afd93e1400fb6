import assert from 'node:assert/strict';
import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { makeKey } from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { fromHex, hexOf, tlv } from '../testing/tlv.ts';
import { findSignatureAlgorithm, type KeyType, signatureAlgorithm } from './algorithm.ts';
import { importPublicKey, keyIdentifier, parsePublicKeyInfo, publicKeyHash } from './public-key.ts';
import { verifySignature } from './signature.ts';

const TYPES: readonly KeyType[] = ['rsa', 'p256', 'p384', 'ed25519', 'mldsa44', 'mldsa65', 'mldsa87'];

test('algorithm identifiers have the octets of their RFCs', () => {
  assert.equal(hexOf(signatureAlgorithm('rsa').der), '300d06092a864886f70d01010b0500');
  assert.equal(hexOf(signatureAlgorithm('p256').der), '300a06082a8648ce3d040302');
  assert.equal(hexOf(signatureAlgorithm('p384').der), '300a06082a8648ce3d040303');
  assert.equal(hexOf(signatureAlgorithm('ed25519').der), '300506032b6570');
  assert.equal(hexOf(signatureAlgorithm('mldsa44').der), '300b0609608648016503040311');
  assert.equal(hexOf(signatureAlgorithm('mldsa65').der), '300b0609608648016503040312');
  assert.equal(hexOf(signatureAlgorithm('mldsa87').der), '300b0609608648016503040313');
});

test('an algorithm is known by its exact octets', () => {
  const oid = '1.2.840.113549.1.1.11';
  assert.equal(findSignatureAlgorithm({ oid, der: signatureAlgorithm('rsa').der })?.name, 'sha256WithRSA');
  assert.equal(findSignatureAlgorithm({ oid, der: fromHex('300b06092a864886f70d01010b') }), undefined);
  assert.equal(findSignatureAlgorithm({ oid: '1.2.3', der: fromHex('300406022a03') }), undefined);
});

test('keys of every type are told apart, with their sizes', () => {
  const sizes = TYPES.map((type) => {
    const key = mustSucceed(parsePublicKeyInfo(makeKey(type).publicKey), type);
    return [key.type, key.sizeBits];
  });
  assert.deepEqual(sizes, [
    ['rsa', 2048],
    ['p256', 256],
    ['p384', 384],
    ['ed25519', 256],
    ['mldsa44', 1312 * 8],
    ['mldsa65', 1952 * 8],
    ['mldsa87', 2592 * 8],
  ]);
});

test('a signature holds only for its data, its key and its algorithm', () => {
  for (const type of TYPES) {
    const key = makeKey(type);
    const publicKey = mustSucceed(parsePublicKeyInfo(key.publicKey), type);
    const other = mustSucceed(parsePublicKeyInfo(makeKey(type).publicKey), type);
    const algorithm = signatureAlgorithm(type);
    const tbs = Buffer.from('to be signed');
    const signed = {
      tbs,
      signatureAlgorithm: algorithm,
      signature: sign(algorithm.digest, tbs, key.privateKey),
    };
    const code = (altered: Partial<typeof signed>, by = publicKey): string => {
      const result = verifySignature({ ...signed, ...altered }, by);
      return result.ok ? 'ok' : result.failure.code;
    };
    assert.equal(code({}), 'ok', type);
    assert.equal(code({ tbs: Buffer.from('To be signed') }), 'signature-invalid', type);
    assert.equal(code({}, other), 'signature-invalid', type);
    assert.equal(code({ signature: Buffer.alloc(0) }), 'signature-invalid', type);
    assert.equal(code({ signature: signed.signature.subarray(1) }), 'signature-invalid', type);
    const wrong = signatureAlgorithm(type === 'p256' ? 'p384' : 'p256');
    assert.equal(code({ signatureAlgorithm: wrong }), 'signature-algorithm-unsupported', type);
  }
});

test('the key identifier is the SHA-1 of the key without its wrapping, as openssl has it', {
  skip: opensslMissing,
}, () => {
  using desk = new OpensslDesk();
  const { publicKey } = makeKey('p256');
  const key = mustSucceed(parsePublicKeyInfo(publicKey), 'a key');
  assert.equal(key.keyOctets.length, 65);
  assert.equal(hexOf(keyIdentifier(key)), hexOf(hash('sha1', publicKey.subarray(-65), 'buffer')));
  desk.put('key.der', publicKey);
  const { text } = desk.run('dgst -sha256 key.der');
  assert.ok(text.includes(hexOf(publicKeyHash(key))));
});

test('keys that are not used read, and verify nothing', () => {
  const refuse = (der: Uint8Array): string => {
    const key = mustSucceed(parsePublicKeyInfo(der), 'a key');
    const imported = importPublicKey(key);
    return imported.ok ? 'ok' : imported.failure.code;
  };
  const { publicKey: p521 } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
  assert.equal(refuse(p521.export({ format: 'der', type: 'spki' })), 'key-unsupported');
  const p256 = hexOf(makeKey('p256').publicKey);
  assert.equal(
    refuse(fromHex(p256.slice(0, -2) + (p256.endsWith('00') ? '01' : '00'))),
    'key-unsupported',
    'off its curve',
  );
  const rsaKey = (modulus: string, exponent: string): Uint8Array =>
    fromHex(
      tlv(
        '30',
        '300d06092a864886f70d0101010500',
        tlv('03', '00', tlv('30', tlv('02', modulus), tlv('02', exponent))),
      ),
    );
  assert.equal(
    refuse(rsaKey(`00${'ff'.repeat(1025)}`, '010001')),
    'key-unsupported',
    'too large to verify with',
  );
  assert.equal(refuse(rsaKey(`00${'ff'.repeat(256)}`, `01${'00'.repeat(8)}`)), 'key-unsupported');
  assert.equal(refuse(rsaKey(`80${'ff'.repeat(255)}`, '010001')), 'key-unsupported', 'negative');
  assert.equal(refuse(rsaKey(`00${'ff'.repeat(256)}`, '010001')), 'ok');
});

test('signatures of RSA keys below 2048 bits are not believed', () => {
  const tbs = Buffer.from('to be signed');
  const believe = (modulusLength: number): string => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const key = mustSucceed(parsePublicKeyInfo(publicKey.export({ format: 'der', type: 'spki' })), 'a key');
    const signature = sign('sha256', tbs, privateKey);
    const result = verifySignature({ tbs, signatureAlgorithm: signatureAlgorithm('rsa'), signature }, key);
    return result.ok ? 'ok' : result.failure.code;
  };
  assert.equal(believe(2048), 'ok');
  assert.equal(believe(2040), 'key-unsupported');
});

test('an RSA key that is not two integers is refused', () => {
  const rsa = (inner: string): string => {
    const result = parsePublicKeyInfo(
      fromHex(tlv('30', '300d06092a864886f70d0101010500', tlv('03', '00', inner))),
    );
    return result.ok ? 'ok' : result.failure.code;
  };
  assert.equal(rsa(tlv('30', '020103', '020103')), 'ok');
  assert.equal(rsa(tlv('30', '020103')), 'truncated');
  assert.equal(rsa(tlv('30', '020103', '020103', '0500')), 'trailing-data');
  assert.equal(rsa(`${tlv('30', '020103', '020103')}00`), 'trailing-data');
  assert.equal(rsa(''), 'truncated');
});
