import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../certificate/certificate.ts';
import type { Extension } from '../certificate/extension.ts';
import { ANY_POLICY_OID, EXTENSION_OIDS, KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  extKeyUsage,
  keyUsage,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import { encodePem } from '../der/pem.ts';
import {
  at,
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  makeRoot,
  testName,
} from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { fromHex } from '../testing/tlv.ts';
import { type PathQuestion, verifyPath } from './verify-path.ts';

const NOW = at('2026-04-01T00:00:00Z');

/** An intermediate authority with extensions besides those that make it one. */
function issueAuthority(issuer: Issued, name: string, pathLength?: number, ...more: Extension[]): Issued {
  const key = makeKey('p256');
  const extensions = [
    keyUsage(['keyCertSign', 'cRLSign']),
    basicConstraints({ ca: true, pathLength }),
    authorityOf(issuer),
    subjectKeyIdentifier(keyIdOf(key)),
    ...more,
  ];
  return issue(issuer, { subject: testName(name), extensions }, key);
}

const certificatesOf = (...issued: Issued[]): Certificate[] => issued.map(({ certificate }) => certificate);

function code(question: Partial<PathQuestion> & Pick<PathQuestion, 'certificate' | 'anchors'>): string {
  const result = verifyPath({ intermediates: [], at: NOW, ...question });
  return result.ok ? `path of ${result.value.length}` : result.failure.code;
}

const root = makeRoot();
const middle = issueAuthority(root, 'Middle');
const leaf = issue(middle);
const anchors = certificatesOf(root);
const intermediates = certificatesOf(middle);

test('a path is found from the certificate over intermediates to the anchor', () => {
  const result = verifyPath({ certificate: leaf.certificate, intermediates, anchors, at: NOW });
  assert.ok(result.ok);
  assert.deepEqual(result.value, certificatesOf(leaf, middle, root));
  assert.equal(code({ certificate: middle.certificate, anchors }), 'path of 2');
  assert.equal(code({ certificate: root.certificate, anchors }), 'path of 1', 'an anchor is its own path');
  assert.equal(code({ certificate: leaf.certificate, anchors }), 'issuer-not-found');
  assert.equal(
    code({ certificate: leaf.certificate, anchors: [], intermediates: certificatesOf(middle, root) }),
    'issuer-not-found',
  );
});

test('among generations of one name the key identifier finds the issuer', () => {
  const generations = Array.from({ length: 40 }, () => makeRoot());
  const [first] = generations;
  const last = generations.at(-1);
  assert.ok(first !== undefined && last !== undefined);
  const all = certificatesOf(...generations);
  assert.equal(code({ certificate: issue(last).certificate, anchors: all }), 'path of 2');
  assert.equal(code({ certificate: issue(first).certificate, anchors: all.slice(1) }), 'issuer-not-found');
  const anonymous = issue(last, { extensions: [keyUsage(['digitalSignature'])] });
  assert.equal(
    code({ certificate: anonymous.certificate, anchors: all.slice(-20) }),
    'path of 2',
    'the signature decides',
  );
  assert.equal(
    code({ certificate: anonymous.certificate, anchors: all }),
    'search-limit',
    'and only so often',
  );
  const bySerial = issue(first, {
    extensions: [
      authorityKeyIdentifier({
        issuer: [{ kind: 'directoryName', name: first.certificate.issuer }],
        serial: serialNumber(7),
      }),
    ],
  });
  assert.equal(code({ certificate: bySerial.certificate, anchors: all }), 'issuer-not-found');
});

test('a signature that does not hold is refused, though the key identifier matches', () => {
  const impostor = makeRoot({ subject: root.certificate.subject });
  const forged = issue(impostor, { extensions: [keyUsage(['digitalSignature']), authorityOf(root)] });
  assert.equal(code({ certificate: forged.certificate, anchors }), 'signature-invalid');
});

test('every certificate, the anchor too, must be valid at the instant', () => {
  const from = leaf.certificate.notBefore;
  const until = leaf.certificate.notAfter;
  const question = { certificate: leaf.certificate, intermediates, anchors };
  assert.equal(code({ ...question, at: from - 1 }), 'not-yet-valid');
  assert.equal(code({ ...question, at: from }), 'path of 3');
  assert.equal(code({ ...question, at: until + 999 }), 'path of 3', 'the last second belongs to it');
  assert.equal(code({ ...question, at: until + 1000 }), 'expired');
  const old = makeRoot({ notAfter: NOW - 2000 });
  assert.equal(code({ certificate: issue(old).certificate, anchors: certificatesOf(old) }), 'expired');
});

test('only a CA that may sign certificates issues', () => {
  const by = (...extensions: Extension[]): string => {
    const key = makeKey('p256');
    const issuer = issue(
      root,
      {
        subject: testName('X'),
        extensions: [...extensions, authorityOf(root), subjectKeyIdentifier(keyIdOf(key))],
      },
      key,
    );
    return code({ certificate: issue(issuer).certificate, intermediates: certificatesOf(issuer), anchors });
  };
  assert.equal(by(basicConstraints({ ca: true }), keyUsage(['keyCertSign'])), 'path of 3');
  assert.equal(by(keyUsage(['keyCertSign'])), 'not-a-ca');
  assert.equal(by(basicConstraints({ ca: false }), keyUsage(['keyCertSign'])), 'not-a-ca');
  assert.equal(by(basicConstraints({ ca: true }), keyUsage(['cRLSign'])), 'key-usage-refuses');
  assert.equal(by(basicConstraints({ ca: true })), 'key-usage-refuses');
});

test('path lengths count the authorities below', () => {
  const zero = issueAuthority(root, 'Zero', 0);
  const below = issueAuthority(zero, 'Below');
  assert.equal(
    code({ certificate: issue(zero).certificate, intermediates: certificatesOf(zero), anchors }),
    'path of 3',
  );
  assert.equal(
    code({ certificate: issue(below).certificate, intermediates: certificatesOf(zero, below), anchors }),
    'path-too-long',
  );
  const authorities = [root];
  for (let depth = 0; depth < 7; depth++)
    authorities.push(issueAuthority(authorities.at(-1) ?? root, `Level ${depth}`));
  const chain = certificatesOf(...authorities.slice(1));
  assert.equal(
    code({ certificate: chain[6] ?? leaf.certificate, intermediates: chain, anchors }),
    'path of 8',
  );
  assert.equal(
    code({ certificate: issue(authorities[7] ?? root).certificate, intermediates: chain, anchors }),
    'path-too-long',
  );
});

test('an authority that certifies its own next key does not count', () => {
  const zero = issueAuthority(root, 'Zero', 0);
  const renewed = issueAuthority(zero, 'Zero', 0);
  assert.equal(
    code({ certificate: issue(renewed).certificate, intermediates: certificatesOf(zero, renewed), anchors }),
    'path of 4',
  );
});

test('a key identifier does not make up for another name', () => {
  const renamed: Issued = { ...root, certificate: { ...root.certificate, subject: testName('Other') } };
  assert.equal(code({ certificate: issue(renamed).certificate, anchors }), 'issuer-not-found');
});

test('authorities that certify each other do not trap the search', () => {
  const keys = [makeKey('p256'), makeKey('p256')] as const;
  const names = [testName('Ping'), testName('Pong')] as const;
  const authority = (self: 0 | 1, issuer: 0 | 1) =>
    issue(
      { key: keys[issuer], certificate: { ...root.certificate, subject: names[issuer] } },
      {
        subject: names[self],
        extensions: [
          keyUsage(['keyCertSign']),
          basicConstraints({ ca: true }),
          authorityKeyIdentifier({ keyIdentifier: keyIdOf(keys[issuer]) }),
          subjectKeyIdentifier(keyIdOf(keys[self])),
        ],
      },
      keys[self],
    );
  const ping = authority(0, 1);
  const pong = authority(1, 0);
  assert.equal(
    code({ certificate: issue(ping).certificate, intermediates: certificatesOf(ping, pong), anchors }),
    'issuer-not-found',
  );
});

test('critical extensions that nobody understands are refused, unless the caller does', () => {
  const odd: Extension = { oid: '1.2.3', critical: true, value: fromHex('0500') };
  const extensions = [keyUsage(['digitalSignature']), authorityOf(root), odd];
  const { certificate } = issue(root, { extensions });
  assert.equal(code({ certificate, anchors }), 'critical-extension-unknown');
  assert.equal(code({ certificate, anchors, knownCritical: ['1.2.3'] }), 'path of 2');
  const harmless = issue(root, { extensions: [authorityOf(root), { ...odd, critical: false }] });
  assert.equal(code({ certificate: harmless.certificate, anchors }), 'path of 2');
});

test('constraints that cannot be enforced are refused, critical or not', () => {
  for (const oid of [
    EXTENSION_OIDS.nameConstraints,
    EXTENSION_OIDS.policyConstraints,
    EXTENSION_OIDS.inhibitAnyPolicy,
    EXTENSION_OIDS.policyMappings,
  ]) {
    const narrow = issueAuthority(root, 'Narrow', undefined, {
      oid,
      critical: false,
      value: fromHex('3000'),
    });
    assert.equal(
      code({ certificate: issue(narrow).certificate, intermediates: certificatesOf(narrow), anchors }),
      'constraint-unsupported',
    );
  }
});

test('a required policy runs through every certificate below the anchor', () => {
  const policy = (id: string): Extension => certificatePolicies([{ policy: id }], true);
  const policed = issueAuthority(root, 'Policed', undefined, policy(ANY_POLICY_OID));
  const plain = issueAuthority(root, 'Plain');
  const subject = (issuer: Issued, ...more: Extension[]): string =>
    code({
      certificate: issue(issuer, {
        extensions: [keyUsage(['digitalSignature']), authorityOf(issuer), ...more],
      }).certificate,
      intermediates: certificatesOf(policed, plain),
      anchors,
      requiredPolicies: ['1.2.392.1', '1.2.392.2'],
    });
  assert.equal(subject(root, policy('1.2.392.2')), 'path of 2');
  assert.equal(subject(policed, policy('1.2.392.1')), 'path of 3');
  assert.equal(subject(root, policy('1.2.392.3')), 'policy-not-allowed');
  assert.equal(subject(root), 'policy-not-allowed');
  assert.equal(subject(root, policy(ANY_POLICY_OID)), 'policy-not-allowed', 'anyPolicy is for authorities');
  assert.equal(subject(plain, policy('1.2.392.1')), 'policy-not-allowed');
});

test('uses and purposes that are asked for must be there', () => {
  const { certificate } = issue(root, {
    extensions: [
      keyUsage(['digitalSignature']),
      extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
      authorityOf(root),
    ],
  });
  assert.equal(code({ certificate, anchors, requiredKeyUsages: ['digitalSignature'] }), 'path of 2');
  assert.equal(
    code({ certificate, anchors, requiredKeyUsages: ['digitalSignature', 'nonRepudiation'] }),
    'key-usage-refuses',
  );
  assert.equal(code({ certificate, anchors, requiredKeyPurpose: KEY_PURPOSE_OIDS.clientAuth }), 'path of 2');
  assert.equal(
    code({ certificate, anchors, requiredKeyPurpose: KEY_PURPOSE_OIDS.serverAuth }),
    'extended-key-usage-refuses',
  );
});

test('openssl agrees on which chains hold', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  const zero = issueAuthority(root, 'Zero', 0);
  const below = issueAuthority(zero, 'Below');
  const noCa = issue(root, { subject: testName('No CA') });
  const cases: [Issued, Issued[], boolean][] = [
    [leaf, [middle], true],
    [issue(zero), [zero], true],
    [issue(below), [zero, below], false],
    [issue(noCa), [noCa], false],
    [issue(root, { notAfter: NOW - 2000 }), [], false],
  ];
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  for (const [subject, chain, isValid] of cases) {
    desk.put('leaf.pem', encodePem('CERTIFICATE', subject.certificate.der));
    desk.put(
      'chain.pem',
      [...chain, root].map(({ certificate }) => encodePem('CERTIFICATE', certificate.der)).join(''),
    );
    const run = desk.run(`verify -attime ${NOW / 1000} -CAfile root.pem -untrusted chain.pem leaf.pem`);
    assert.equal(run.status === 0, isValid, run.text);
    const result = verifyPath({
      certificate: subject.certificate,
      intermediates: certificatesOf(...chain),
      anchors,
      at: NOW,
    });
    assert.equal(result.ok, isValid);
  }
});
