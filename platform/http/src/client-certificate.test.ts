import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, property, uint8Array } from 'fast-check';
import { clientCertificateOf, dropClientCertificate, trustedPeers } from './client-certificate.ts';

const PEM = (octets: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(octets).toString('base64')}\n-----END CERTIFICATE-----\n`;

test('a certificate comes as a byte sequence or as escaped PEM, and nothing else is one', () => {
  holds(
    property(uint8Array({ minLength: 3, maxLength: 900 }), (octets) => {
      for (const header of [`:${Buffer.from(octets).toString('base64')}:`, encodeURIComponent(PEM(octets))])
        assert.deepEqual(clientCertificateOf({ 'client-cert': header }), Buffer.from(octets));
    }),
  );
  for (const header of [
    '',
    '::',
    ':=:',
    'AAAA',
    ':AA AA:',
    '%',
    '%ZZ',
    PEM(Buffer.from('x')).slice(0, 30),
    ['a'],
  ])
    assert.equal(clientCertificateOf({ 'client-cert': header }), undefined);
  assert.equal(clientCertificateOf({}), undefined);
});

test('a proxy is known by its address or network, also where IPv4 is written as IPv6', () => {
  const isProxy = trustedPeers(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd12::1'])
    assert.ok(isProxy(address), address);
  for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', '::ffff:11.0.0.1', '', 'proxy', undefined])
    assert.ok(!isProxy(address), String(address));
  assert.ok(!trustedPeers([])('127.0.0.1'));
});

test('what a client says of itself is taken away', () => {
  const headers = { 'client-cert': ':AAAA:', host: 'here' };
  dropClientCertificate(headers);
  assert.deepEqual(headers, { host: 'here' });
});
