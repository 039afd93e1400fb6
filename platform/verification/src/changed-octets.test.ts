import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Certificate,
  type Crl,
  certificatePolicies,
  crlDistributionPoints,
  issuingDistributionPoint,
  keyUsage,
  parseCrl,
  serialNumber,
  subjectAltName,
} from '@ishizue/x509';
import { authorityOf, issue, makeRoot, testName } from '@ishizue/x509/testing';
import { readForeignCertificate } from './read-certificate.ts';
import { certificatesOf, codeOf, issueAuthority, issueList, nameConstraint } from './testing/scene.ts';

const root = makeRoot();
const constraint = nameConstraint('permitted', 0x82, Buffer.from('example.jp'));
const policies = certificatePolicies([{ policy: '1.2.3' }]);
const middle = issueAuthority(root, 'Middle', [constraint, policies]);
const point = [{ kind: 'directoryName', name: testName('CRLDP') }] as const;
const leaf = issue(middle, {
  serial: serialNumber(9),
  extensions: [
    keyUsage(['digitalSignature']),
    authorityOf(middle),
    policies,
    crlDistributionPoints([{ fullName: point }]),
    subjectAltName([{ kind: 'dnsName', value: 'a.example.jp' }]),
  ],
});
const list = issueList(
  middle,
  [{ serial: serialNumber(8), revokedAt: 0 }],
  [issuingDistributionPoint({ fullName: point })],
);

interface Parts {
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
  readonly crls: readonly Crl[];
}

const sound: Parts = {
  certificate: leaf.certificate,
  chain: certificatesOf(middle),
  crls: [issueList(root), list],
};

const verdict = (changes: Partial<Parts>): Promise<string> =>
  codeOf({ ...sound, ...changes, anchors: certificatesOf(root), policies: ['1.2.3'], explicitPolicy: true });

/** The octets with one bit of one of them turned, one place after the other. */
function* changed(der: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < der.length; at++) {
    const copy = Buffer.from(der);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    yield copy;
  }
}

test('a path is valid as it is, and with no octet of it or of its lists changed', async () => {
  assert.equal(await verdict({}), 'valid');
  for (const der of changed(leaf.certificate.der)) {
    const certificate = readForeignCertificate(der);
    if (certificate.ok) assert.notEqual(await verdict({ certificate: certificate.value }), 'valid');
  }
  for (const der of changed(middle.certificate.der)) {
    const certificate = readForeignCertificate(der);
    if (certificate.ok) assert.notEqual(await verdict({ chain: [certificate.value] }), 'valid');
  }
  for (const der of changed(list.der)) {
    const crl = parseCrl(der);
    if (crl.ok) assert.equal(await verdict({ crls: [issueList(root), crl.value] }), 'status-unknown');
  }
});
