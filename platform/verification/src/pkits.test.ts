import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '@ishizue/x509';
import { verifySignedData } from './cms/verify-signed-data.ts';
import type { PolicyWishes } from './path/path-question.ts';
import { readForeignCertificate } from './read-certificate.ts';
import { type PkitsBag, pkitsBag, pkitsMessages, pkitsMissing, pkitsTests } from './testing/pkits.ts';
import { type CertificateQuestion, verifyCertificate } from './verify-certificate.ts';

const AT = Date.parse('2026-04-01T00:00:00Z');

/** The reason for which each invalid path must be refused, by the first pattern that its name matches. */
const REASONS: readonly (readonly [RegExp, RegExp])[] = [
  [/^InvalidDSASignature/, /^unreadable$/], // its signature is not whole octets
  [/^InvalidCASignature/, /^issuer-not-found$/], // nor is that of its authority
  [/EESignature/, /^signature-invalid$/],
  [/notBeforeDate/, /^not-yet-valid$/],
  [/notAfterDate/, /^expired$/],
  [/NameChaining/, /^issuer-not-found$/],
  [/SelfIssuedCRLSigningKeyTest8|basicConstraints|cAFalse/, /^not-a-ca$/],
  [/pathLen/, /^path-too-long$/],
  [/keyCertSignFalse/, /^key-usage-refuses$/],
  [/MappingFromany|MappingToany/, /^policy-mapping-of-any$/],
  [/Polic|^ValidCertificatePathTest1$/, /^policy-missing$/],
  [/nameConstraints/, /^name-(?:not-permitted|excluded)$/],
  [/CriticalCertificateExtension/, /^critical-extension-unknown$/],
  [/MissingCRL|BadCRL|WrongCRL|UnknownCRL|CRLnextUpdate|cRLSignFalse|KeysTest21/, /^status-unknown$/],
  [/Test(?:27|35)$|IDPwithindirectCRLTest26|distributionPointTest[389]$|onlyContains/, /^status-unknown$/],
  [/onlySomeReasonsTest17|IndicatorNoBase|deltaCRLTest10/, /^status-unknown$/],
  [/./, /^certificate-revoked$/],
];

/** DSA and SHA-1, which nobody should believe any more: NIST has these two for those who support DSA. */
const REFUSED_ON_PURPOSE: readonly string[] = [
  'ValidDSASignaturesTest4',
  'ValidDSAParameterInheritanceTest5',
];

const question = (bag: PkitsBag, certificate: Certificate, wishes: PolicyWishes): CertificateQuestion => ({
  certificate,
  chain: bag.certificates,
  anchors: [bag.anchor],
  crls: bag.crls,
  asksStatus: true,
  at: AT,
  ...wishes,
});

async function codeOf(
  bag: PkitsBag,
  certificate: Certificate,
  changes: Partial<CertificateQuestion>,
): Promise<string> {
  const { failure } = await verifyCertificate({ ...question(bag, certificate, {}), ...changes });
  return failure?.code ?? 'valid';
}

test('every path of NIST’s PKITS is judged as NIST says, and refused for the right reason', {
  skip: pkitsMissing,
}, async (t) => {
  const bag = pkitsBag();
  const tests = pkitsTests();
  const wrong: string[] = [];
  for (const { name, file, isValid, wishes } of tests) {
    const certificate = bag.find(file);
    const code = certificate === undefined ? 'unreadable' : await codeOf(bag, certificate, wishes);
    const reason = REASONS.find(([pattern]) => pattern.test(name))?.[1] ?? /^$/;
    const expected = isValid ? /^valid$/ : reason;
    const isAsExpected = REFUSED_ON_PURPOSE.includes(name)
      ? code === 'signature-algorithm-unsupported'
      : expected.test(code);
    if (!isAsExpected) wrong.push(`${name} ${JSON.stringify(wishes)}: ${code}`);
  }
  assert.deepEqual(wrong, []);
  const files = new Set(tests.map(({ file }) => file)).size;
  t.diagnostic(
    `PKITS: ${files} end entities under ${tests.length} settings, all as NIST says but ${REFUSED_ON_PURPOSE.length} by DSA`,
  );
  assert.deepEqual([files, tests.length], [223, 247]);
});

test('no valid path of PKITS survives a planted violation', { skip: pkitsMissing }, async () => {
  const bag = pkitsBag();
  const valid = pkitsTests().filter(({ name, isValid }) => isValid && !REFUSED_ON_PURPOSE.includes(name));
  for (const { name, file, wishes } of valid) {
    const certificate = bag.find(file);
    assert.ok(certificate, name);
    const code = (changes: Partial<CertificateQuestion>): Promise<string> =>
      codeOf(bag, certificate, { ...wishes, ...changes });
    assert.equal(await code({ crls: [] }), 'status-unknown', name);
    assert.equal(await code({ crls: [], asksStatus: false }), 'valid', name);
    assert.equal(await code({ anchors: [] }), 'issuer-not-found', name);
    assert.equal(await code({ at: Date.parse('2060-01-01T00:00:00Z') }), 'expired', name);
    const der = Buffer.from(certificate.der);
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const forged = readForeignCertificate(der);
    assert.ok(forged.ok);
    assert.equal(await codeOf(bag, forged.value, wishes), 'signature-invalid', name);
  }
});

test('the policies that run through a path are told as the user’s domain knows them', {
  skip: pkitsMissing,
}, async () => {
  const bag = pkitsBag();
  const policy = (number: number): string => `2.16.840.1.101.3.2.1.48.${number}`;
  const policiesOf = async (name: string, wishes: PolicyWishes = {}): Promise<readonly string[]> => {
    const certificate = bag.find(`${name}EE.crt`);
    assert.ok(certificate);
    return (await verifyCertificate(question(bag, certificate, wishes))).policies;
  };
  assert.deepEqual(await policiesOf('AllCertificatesSamePoliciesTest10'), [policy(1), policy(2)]);
  const second = { policies: [policy(2)] };
  assert.deepEqual(await policiesOf('AllCertificatesSamePoliciesTest10', second), [policy(2)]);
  assert.deepEqual(await policiesOf('AllCertificatesanyPolicyTest11'), ['2.5.29.32.0']);
  assert.deepEqual(await policiesOf('AllCertificatesNoPoliciesTest2'), []);
  assert.deepEqual(await policiesOf('ValidPolicyMappingTest3', second), [policy(2)]);
  assert.deepEqual(await policiesOf('ValidPolicyMappingTest1', { policies: [policy(1)] }), [policy(1)]);
});

test('every S/MIME message of PKITS is judged as NIST says, by the certificates and lists that it brings', {
  skip: pkitsMissing,
}, async (t) => {
  const { anchor } = pkitsBag();
  const messages = pkitsMessages();
  const wrong: string[] = [];
  for (const { name, isValid, message, content } of messages) {
    const asked = { anchors: [anchor], chain: [], crls: [], asksStatus: true, at: AT };
    const verdict = await verifySignedData({ ...asked, message, content: [content] });
    const code = verdict.ok ? (verdict.value.failure?.code ?? 'valid') : `unusable: ${verdict.failure.code}`;
    const isAsExpected = REFUSED_ON_PURPOSE.includes(name)
      ? code === 'cms-digest-unsupported'
      : (code === 'valid') === isValid && !code.startsWith('unusable');
    if (!isAsExpected) wrong.push(`${name}: ${code}`);
    const other = await verifySignedData({ ...asked, message, content: [content, Buffer.from(' ')] });
    assert.notEqual(other.ok && other.value.failure, undefined, name);
  }
  assert.deepEqual(wrong, []);
  t.diagnostic(`PKITS: ${messages.length} S/MIME messages`);
  assert.equal(messages.length, 224);
});
