/**
 * The same chains before other verifiers, openssl and GnuTLS's certtool: all three take the same ones. Policies, partitions of
 * lists and indirect lists are NIST's to judge (pkits.test.ts): these two leave some of that out.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import {
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  type Extension,
  encodePem,
  keyUsage,
  serialNumber,
  subjectAltName,
  subjectKeyIdentifier,
} from '@ishizue/x509';
import {
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  makeRoot,
  OpensslDesk,
  opensslMissing,
  testName,
} from '@ishizue/x509/testing';
import { certificatesOf, codeOf, issueAuthority, issueList, nameConstraint } from './testing/scene.ts';

/** For openssl; certtool goes by its own clock, which is within what is not expired here. */
const at = (text: string): number => Date.parse(text);
const NOW = at('2026-04-01T00:00:00Z');
const certtoolMissing =
  spawnSync('certtool', ['--version']).status === 0 ? false : 'GnuTLS’s certtool is not installed';

type Judge = 'openssl' | 'certtool';

type Scene = readonly [what: string, code: string, leaf: Issued, chain: readonly Issued[]];

const DNS_NAME = 0x82;

const root = makeRoot();
const middle = issueAuthority(root, 'Middle');
const lower = issueAuthority(middle, 'Lower');

const leafUnder = (
  issuer: Issued,
  more: readonly Extension[] = [],
  wishes: Parameters<typeof issue>[1] = {},
): Issued =>
  issue(issuer, { extensions: [keyUsage(['digitalSignature']), authorityOf(issuer), ...more], ...wishes });

/** An authority below the root with these extensions and those that name keys. */
function authorityWith(...extensions: readonly Extension[]): Issued {
  const key = makeKey('p256');
  const names = [authorityOf(root), subjectKeyIdentifier(keyIdOf(key))];
  return issue(root, { subject: testName('Odd'), extensions: [...extensions, ...names] }, key);
}

const dnsName = (name: string): Extension => subjectAltName([{ kind: 'dnsName', value: name }]);
const dnsOnly = issueAuthority(root, 'DNS', [
  nameConstraint('permitted', DNS_NAME, Buffer.from('example.jp')),
]);
const notExample = issueAuthority(root, 'No example', [
  nameConstraint('excluded', DNS_NAME, Buffer.from('example.jp')),
]);
const noDepth = authorityWith(keyUsage(['keyCertSign']), basicConstraints({ ca: true, pathLength: 0 }));
const tooDeep = issueAuthority(noDepth, 'Too deep');
const endEntity = leafUnder(root, [], { subject: testName('No CA') });
const listsOnly = authorityWith(keyUsage(['cRLSign']), basicConstraints({ ca: true }));
const withoutCa = authorityWith(keyUsage(['keyCertSign']), basicConstraints({ ca: false }));
const anyList = crlDistributionPoints([{ fullName: [{ kind: 'directoryName', name: testName('CRLDP') }] }]);
const unknownCritical: Extension = {
  oid: '1.2.392.200149.99',
  critical: true,
  value: Buffer.from('0500', 'hex'),
};

/** What is judged, our verdict, the leaf, and what is on its way to the anchor, the lowest first. */
const SCENES: readonly Scene[] = [
  ['a sound path', 'valid', leafUnder(middle), [middle]],
  ['directly under the anchor', 'valid', leafUnder(root), []],
  ['three deep', 'valid', leafUnder(lower), [lower, middle]],
  ['RSA under P-256', 'valid', issue(middle, {}, makeKey('rsa')), [middle]],
  ['a policy', 'valid', leafUnder(middle, [certificatePolicies([{ policy: '1.2.3' }])]), [middle]],
  ['a distribution point that is a directory name', 'valid', leafUnder(middle, [anyList]), [middle]],
  ['a name within what is permitted', 'valid', leafUnder(dnsOnly, [dnsName('a.example.jp')]), [dnsOnly]],
  ['a name outside of it', 'name-not-permitted', leafUnder(dnsOnly, [dnsName('a.example.com')]), [dnsOnly]],
  [
    'a name that is excluded',
    'name-excluded',
    leafUnder(notExample, [dnsName('a.example.jp')]),
    [notExample],
  ],
  [
    'an end that has passed',
    'expired',
    leafUnder(middle, [], { notAfter: at('2026-01-02T00:00:00Z') }),
    [middle],
  ],
  [
    'a beginning to come',
    'not-yet-valid',
    leafUnder(middle, [], { notBefore: at('2048-01-01T00:00:00Z') }),
    [middle],
  ],
  [
    'another key of the authority’s name',
    'signature-invalid',
    leafUnder(middle),
    [issueAuthority(root, 'Middle')],
  ],
  [
    'an unknown critical extension',
    'critical-extension-unknown',
    leafUnder(middle, [unknownCritical]),
    [middle],
  ],
  ['under an end entity', 'not-a-ca', leafUnder(endEntity), [endEntity]],
  ['under an authority without keyCertSign', 'key-usage-refuses', leafUnder(listsOnly), [listsOnly]],
  ['under cA:FALSE', 'not-a-ca', leafUnder(withoutCa), [withoutCa]],
  ['deeper than a path length allows', 'path-too-long', leafUnder(tooDeep), [tooDeep, noDepth]],
  ['without what is between', 'issuer-not-found', leafUnder(middle), []],
  ['under somebody else’s root', 'issuer-not-found', leafUnder(makeRoot({ subject: testName('Other') })), []],
];

const pem = (issued: readonly Issued[]): string =>
  issued.map(({ certificate }) => encodePem('CERTIFICATE', certificate.der)).join('');

/** Whether each of them takes the chain. */
const JUDGES: Readonly<
  Record<Judge, (desk: OpensslDesk, leaf: Issued, chain: readonly Issued[]) => boolean>
> = {
  openssl: (desk, leaf, chain) => {
    desk.put('leaf.pem', pem([leaf]));
    desk.put('chain.pem', pem(chain.length > 0 ? chain : [root]));
    const time = Math.floor(NOW / 1_000);
    // it checks what it is not told to leave out; -x509_strict is what makes it look at an authority's extensions
    const line = `verify -x509_strict -attime ${time} -CAfile root.pem -untrusted chain.pem leaf.pem`;
    return desk.run(line).status === 0;
  },
  certtool: (desk, leaf, chain) => {
    desk.put('path.pem', pem([leaf, ...chain]));
    const line = ['--verify', '--load-ca-certificate', 'root.pem', '--infile', 'path.pem'];
    return spawnSync('certtool', line, { cwd: desk.directory, timeout: 20_000 }).status === 0;
  },
};

const MISSING: Readonly<Record<Judge, string | false>> = {
  openssl: opensslMissing,
  certtool: certtoolMissing,
};

test('our verdicts on the samples', async () => {
  for (const [what, code, leaf, chain] of SCENES) {
    const question = { certificate: leaf.certificate, chain: certificatesOf(...chain) };
    assert.equal(await codeOf({ ...question, anchors: certificatesOf(root) }), code, what);
  }
});

for (const judge of ['openssl', 'certtool'] as const)
  test(`${judge} judges the samples as we do`, { skip: MISSING[judge] }, () => {
    using desk = new OpensslDesk();
    desk.put('root.pem', pem([root]));
    for (const [what, code, leaf, chain] of SCENES)
      assert.equal(JUDGES[judge](desk, leaf, chain), code === 'valid', `${judge}: ${what}`);
  });

test('a revoked certificate is revoked for openssl too, by the same list', {
  skip: opensslMissing,
}, async () => {
  const [good, bad] = [
    leafUnder(middle, [], { serial: serialNumber(7) }),
    leafUnder(middle, [], { serial: serialNumber(8) }),
  ];
  const lists = [issueList(root), issueList(middle, [{ serial: serialNumber(8), revokedAt: NOW - 1_000 }])];
  using desk = new OpensslDesk();
  desk.put('root.pem', pem([root]));
  desk.put('chain.pem', pem([middle]) + lists.map(({ der }) => encodePem('X509 CRL', der)).join(''));
  for (const [leaf, expected] of [
    [good, 'valid'],
    [bad, 'certificate-revoked'],
  ] as const) {
    const question = { certificate: leaf.certificate, chain: certificatesOf(middle), crls: lists };
    assert.equal(await codeOf({ ...question, anchors: certificatesOf(root) }), expected);
    desk.put('leaf.pem', pem([leaf]));
    const line = `verify -crl_check_all -attime ${NOW / 1_000} -CAfile root.pem -untrusted chain.pem -CRLfile chain.pem leaf.pem`;
    const { status, text } = desk.run(line);
    assert.equal(status === 0, expected === 'valid', text);
  }
});
