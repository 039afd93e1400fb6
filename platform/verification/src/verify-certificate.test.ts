import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  basicConstraints,
  crlDistributionPoints,
  type Extension,
  type GeneralName,
  issuingDistributionPoint,
  keyUsage,
  serialNumber,
  subjectAltName,
} from '@ishizue/x509';
import { authorityOf, type Issued, issue, makeKey, makeRoot, testName } from '@ishizue/x509/testing';
import { certificatesOf, codeOf, issueAuthority, issueList, NOW, nameConstraint } from './testing/scene.ts';
import { verifyCertificate } from './verify-certificate.ts';

const root = makeRoot();
const anchors = certificatesOf(root);

/** The verdict on a certificate with these names under an authority with this constraint. */
async function under(constraint: Extension, ...names: GeneralName[]): Promise<string> {
  const middle = issueAuthority(root, 'Middle', [constraint]);
  const extensions = [keyUsage(['digitalSignature']), authorityOf(middle), subjectAltName(names)];
  const { certificate } = issue(middle, { extensions });
  return codeOf({ certificate, chain: certificatesOf(middle), anchors });
}

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');

test('names of a form are held within the subtrees of their form, others are free', async () => {
  const dns = (value: string): GeneralName => ({ kind: 'dnsName', value });
  const permitted = nameConstraint('permitted', 0x82, text('example.jp'));
  assert.equal(await under(permitted, dns('a.example.jp')), 'valid');
  assert.equal(await under(permitted, dns('a.example.jp'), dns('evil.jp')), 'name-not-permitted');
  assert.equal(await under(permitted, { kind: 'uri', value: 'https://evil.jp/' }), 'valid');
  const excluded = nameConstraint('excluded', 0x82, text('example.jp'));
  assert.equal(await under(excluded, dns('other.jp')), 'valid');
  assert.equal(await under(excluded, dns('a.example.jp')), 'name-excluded');
  assert.equal(await under(excluded, dns('a b')), 'name-malformed');
  assert.equal(await under(nameConstraint('excluded', 0x82, text('a.jp')), dns('*.jp')), 'name-malformed');
  const address = nameConstraint('excluded', 0x87, Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0));
  assert.equal(
    await under(address, { kind: 'ipAddress', value: Uint8Array.of(192, 0, 2, 9) }),
    'name-excluded',
  );
  assert.equal(await under(address, { kind: 'ipAddress', value: Uint8Array.of(192, 0, 3, 9) }), 'valid');
});

test('a constraint on a form that nobody compares refuses that form, and only that', async () => {
  const constraint = nameConstraint('excluded', 0x88, Uint8Array.of(0x2a, 3));
  assert.equal(
    await under(constraint, { kind: 'registeredId', oid: '1.2.4' }),
    'name-constraint-unsupported',
  );
  assert.equal(await under(constraint, { kind: 'dnsName', value: 'a.jp' }), 'valid');
});

test('a constraint that does not follow its syntax refuses the path', async () => {
  const broken: Extension = { oid: '2.5.29.30', critical: true, value: Uint8Array.of(0x30, 2, 0xa0, 0) };
  assert.equal(await under(broken, { kind: 'dnsName', value: 'a.jp' }), 'empty');
  const many = Array.from(
    { length: 2_500 },
    (_, index): GeneralName => ({ kind: 'dnsName', value: `a${index}.jp` }),
  );
  const trees = issueAuthority(root, 'Trees', [manySubtrees(1_500)]);
  const { certificate } = issue(trees, { extensions: [authorityOf(trees), subjectAltName(many)] });
  assert.equal(await codeOf({ certificate, chain: certificatesOf(trees), anchors }), 'too-many-names');
});

function manySubtrees(count: number): Extension {
  const one = nameConstraint('excluded', 0x82, text('evil.example')).value;
  const subtree = Buffer.from(one).subarray(4); // behind the headers of the SEQUENCE and of [1]
  const content = Buffer.concat(Array.from({ length: count }, () => subtree));
  const header = (tag: number, length: number): Buffer =>
    Buffer.from([tag, 0x82, length >> 8, length & 0xff]);
  const value = Buffer.concat([header(0xa1, content.length), content]);
  return { oid: '2.5.29.30', critical: true, value: Buffer.concat([header(0x30, value.length), value]) };
}

test('an anchor is trusted as far as its own certificate goes', async () => {
  const middle = issueAuthority(root, 'Middle');
  const holder = issue(root);
  const below = issue(holder);
  const trusting = (anchor: Issued, certificate: Issued, ...chain: Issued[]): Promise<string> =>
    codeOf({
      certificate: certificate.certificate,
      chain: certificatesOf(...chain),
      anchors: certificatesOf(anchor),
    });
  assert.equal(await trusting(holder, holder), 'valid', 'a holder who is pinned');
  assert.equal(await trusting(holder, below), 'not-a-ca', 'but issues nothing');
  const usage = [keyUsage(['cRLSign']), basicConstraints({ ca: true })];
  const signerOfLists = makeRoot({ extensions: usage });
  assert.equal(await trusting(signerOfLists, issue(signerOfLists)), 'key-usage-refuses');
  const short = makeRoot({ extensions: [basicConstraints({ ca: true, pathLength: 0 })] });
  const between = issueAuthority(short, 'Between');
  assert.equal(await trusting(short, issue(short)), 'valid');
  assert.equal(await trusting(short, issue(between), between), 'path-too-long');
  const only = nameConstraint('permitted', 0x82, text('example.jp'));
  const narrow = makeRoot({ extensions: [basicConstraints({ ca: true }), only] });
  const names = (value: string) => ({
    extensions: [authorityOf(narrow), subjectAltName([{ kind: 'dnsName' as const, value }])],
  });
  assert.equal(await trusting(narrow, issue(narrow, names('a.example.jp'))), 'valid');
  assert.equal(await trusting(narrow, issue(narrow, names('evil.example'))), 'name-not-permitted');
  const old = makeRoot({ notAfter: NOW - 2_000 });
  assert.equal(await trusting(old, issue(old)), 'expired');
  assert.equal(await trusting(middle, issue(middle)), 'valid', 'an authority in the middle');
});

test('among authorities that certify each other the search ends, and finds the one way', async () => {
  const keys = Array.from({ length: 8 }, () => makeKey('p256'));
  const crowd: Issued[] = [];
  for (const [to, key] of keys.entries()) {
    for (const [from, issuerKey] of keys.entries()) {
      if (from === to) continue;
      const issuer = issueAuthority(root, `Crowd ${from}`, [], issuerKey);
      crowd.push(issueAuthority(issuer, `Crowd ${to}`, [], key));
    }
  }
  const member = crowd[0];
  assert.ok(member);
  const { certificate } = issue(member);
  const began = performance.now();
  assert.equal(await codeOf({ certificate, chain: certificatesOf(...crowd), anchors }), 'search-limit');
  assert.ok(performance.now() - began < 10_000);
  const bridge = issueAuthority(root, 'Crowd 0', [], keys[0]);
  assert.equal(await codeOf({ certificate, chain: certificatesOf(...crowd, bridge), anchors }), 'valid');
});

test('a list of another partition says nothing of a certificate', async () => {
  const point = (place: string): GeneralName => ({ kind: 'directoryName', name: testName(`${place} CRLDP`) });
  const { certificate } = issue(root, {
    serial: serialNumber(5),
    extensions: [authorityOf(root), crlDistributionPoints([{ fullName: [point('Kiyose-shi')] }])],
  });
  const revoked = [{ serial: serialNumber(5), revokedAt: NOW - 1_000, reason: 'keyCompromise' }] as const;
  const partition = (place: string) => [issuingDistributionPoint({ fullName: [point(place)] })];
  const verdict = (...crls: Parameters<typeof issueList>[]) =>
    codeOf({ certificate, anchors, crls: crls.map((each) => issueList(...each)) });
  assert.equal(await verdict([root, [], partition('Kiyose-shi')]), 'valid');
  assert.equal(await verdict([root, revoked, partition('Kiyose-shi')]), 'certificate-revoked');
  assert.equal(await verdict([root, [], partition('Kamakura-shi')]), 'status-unknown');
  assert.equal(await verdict([root, revoked, partition('Kamakura-shi')]), 'status-unknown');
  assert.equal(await verdict([root]), 'valid', 'the list of everything');
  const impostor = makeRoot();
  assert.equal(await verdict([impostor, [], partition('Kiyose-shi')]), 'status-unknown', 'another key');
  assert.equal(
    await codeOf({ certificate, anchors, crls: [issueList(root)], at: NOW + 2 * 86_400_000 }),
    'status-unknown',
  );
});

test('a report says step by step what was checked, and what was not', async () => {
  const middle = issueAuthority(root, 'Middle');
  const { certificate } = issue(middle);
  const question = { certificate, chain: certificatesOf(middle), anchors, crls: [], at: NOW };
  const asked = await verifyCertificate({ ...question, asksStatus: true });
  assert.equal(asked.steps.at(-1)?.code, 'status-unknown');
  assert.deepEqual(
    asked.steps.slice(0, -1).map(({ outcome }) => outcome),
    asked.steps.slice(0, -1).map(() => 'passed'),
  );
  const clauses = asked.steps.map(({ clause }) => clause);
  for (const section of ['6.1.3 (a)(1)', '6.1.3 (a)(2)', '6.1.4 (k)', '6.1.5 (f)', '6.3'])
    assert.ok(clauses.includes(`RFC 5280 ${section}`), section);
  const left = await verifyCertificate({ ...question, asksStatus: false });
  assert.equal(left.failure, undefined);
  assert.equal(left.steps.filter(({ outcome }) => outcome === 'not-asked').length, 2);
});
