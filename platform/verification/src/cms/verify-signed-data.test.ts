import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { derTag, encodeDer, extKeyUsage, keyUsage, serialNumber } from '@ishizue/x509';
import { authorityOf, issue, makeKey, makeRoot, opensslMissing, testName } from '@ishizue/x509/testing';
import { certificatesOf, issueAuthority, issueList, NOW } from '../testing/scene.ts';
import { signByOpenssl } from '../testing/signed-message.ts';
import { parseSignedData } from './signed-data.ts';
import { type MessageQuestion, verifySignedData } from './verify-signed-data.ts';

const root = makeRoot();
const middle = issueAuthority(root, 'Middle');
const signer = issue(middle, { serial: serialNumber(77), subject: testName('Signer') });
const content = Buffer.from('the content\n');
const anchors = certificatesOf(root);
const skip = opensslMissing;

async function codeOf(message: Uint8Array, changes: Partial<MessageQuestion> = {}): Promise<string> {
  const verdict = await verifySignedData({
    message,
    anchors,
    chain: [],
    crls: [],
    asksStatus: false,
    at: NOW,
    ...changes,
  });
  if (!verdict.ok) return `unusable: ${verdict.failure.code}`;
  return verdict.value.failure?.code ?? 'valid';
}

test('messages of openssl are believed: content inside or outside, DER or BER, by serial or key, any digest', {
  skip,
}, async () => {
  const detached = [content] as const;
  for (const options of ['', '-md sha384', '-md sha512', '-keyid', '-cades', '-noattr', '-nosmimecap']) {
    const outside = signByOpenssl(content, signer, [middle], options);
    assert.equal(await codeOf(outside, { content: detached }), 'valid', options);
    const pieces = [content.subarray(0, 3), content.subarray(3)];
    assert.equal(await codeOf(outside, { content: pieces }), 'valid', options);
    const inside = signByOpenssl(content, signer, [middle], `-nodetach ${options}`);
    assert.equal(await codeOf(inside), 'valid', `inside ${options}`);
    const streamed = signByOpenssl(content, signer, [middle], `-nodetach -stream ${options}`);
    assert.equal(await codeOf(streamed), 'valid', `streamed ${options}`);
  }
  for (const type of ['rsa', 'p384'] as const) {
    const other = issue(middle, { subject: testName(type) }, makeKey(type));
    assert.equal(await codeOf(signByOpenssl(content, other, [middle], '-nodetach')), 'valid', type);
  }
});

test('what was changed, or is not by who is trusted, is refused by its own code', { skip }, async () => {
  const outside = signByOpenssl(content, signer, [middle]);
  const inside = Buffer.from(signByOpenssl(content, signer, [middle], '-nodetach'));
  const at = inside.indexOf('the content');
  assert.equal(await codeOf(outside), 'unusable: cms-content-missing');
  assert.equal(await codeOf(inside, { content: [content] }), 'unusable: cms-content-twice');
  assert.equal(await codeOf(outside, { content: [Buffer.from('another\n')] }), 'cms-digest-differs');
  const changed = Buffer.from(inside);
  changed[at] = 0x54;
  assert.equal(await codeOf(changed), 'cms-digest-differs');
  const forged = Buffer.from(outside);
  forged[forged.length - 3] = (forged[forged.length - 3] ?? 0) ^ 1;
  assert.equal(await codeOf(forged, { content: [content] }), 'signature-invalid');
  assert.equal(await codeOf(signByOpenssl(content, signer, [], '-nodetach')), 'issuer-not-found');
  const without = signByOpenssl(content, signer, [], '-nodetach -nocerts');
  assert.equal(await codeOf(without), 'cms-signer-not-found');
  assert.equal(await codeOf(without, { chain: certificatesOf(signer, middle) }), 'valid');
  assert.equal(
    await codeOf(inside, { anchors: certificatesOf(makeRoot({ subject: testName('Another') })) }),
    'issuer-not-found',
  );
  assert.equal(await codeOf(inside, { at: Date.parse('2060-01-01T00:00:00Z') }), 'expired');
  assert.equal(
    await codeOf(signByOpenssl(content, signer, [middle], '-nodetach -md sha1')),
    'cms-digest-unsupported',
  );
});

test('a signer who is revoked, or whose key is for something else, is refused', { skip }, async () => {
  const message = signByOpenssl(content, signer, [middle], '-nodetach');
  const lists = [issueList(root), issueList(middle)];
  assert.equal(await codeOf(message, { asksStatus: true }), 'status-unknown');
  assert.equal(await codeOf(message, { asksStatus: true, crls: lists }), 'valid');
  const revoked = issueList(middle, [{ serial: serialNumber(77), revokedAt: NOW - 1_000 }]);
  assert.equal(
    await codeOf(message, { asksStatus: true, crls: [issueList(root), revoked] }),
    'certificate-revoked',
  );
  const encipher = issue(middle, {
    extensions: [keyUsage(['keyEncipherment']), authorityOf(middle), extKeyUsage(['1.2.3'])],
  });
  assert.equal(await codeOf(signByOpenssl(content, encipher, [middle], '-nodetach')), 'key-usage-refuses');
});

test('the certificate that the signer means must be the one that verifies', { skip }, async () => {
  // the same key and name certified twice: -cades names one of the two by its hash
  const twin = issue(
    middle,
    { serial: serialNumber(77), subject: testName('Signer'), notAfter: NOW + 86_400_000 },
    signer.key,
  );
  const message = signByOpenssl(content, signer, [], '-nodetach -nocerts -cades');
  assert.equal(
    await codeOf(message, { chain: certificatesOf(twin, middle) }),
    'cms-signing-certificate-differs',
  );
  assert.equal(await codeOf(message, { chain: certificatesOf(signer, middle) }), 'valid');
});

/** The same signature without its attributes, over another content. */
function withoutAttributes(message: Uint8Array, signedContent: Uint8Array): Uint8Array {
  const data = mustSucceed(parseSignedData(message), 'a message');
  const [info] = data.signers;
  assert.ok(info?.signer.kind === 'serial');
  const { issuer, serial } = info.signer;
  const explicit = derTag.contextConstructed(0);
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.oid('1.2.840.113549.1.7.2');
      writer.wrap(explicit, () =>
        writer.sequence(() => {
          writer.smallInteger(1);
          writer.wrap(derTag.SET, () => writer.raw(info.digestAlgorithm.der));
          writer.sequence(() => {
            writer.oid('1.2.840.113549.1.7.1');
            writer.wrap(explicit, () => writer.octetString(signedContent));
          });
          writer.wrap(derTag.SET, () =>
            writer.sequence(() => {
              writer.smallInteger(1);
              writer.sequence(() => {
                writer.raw(issuer.der);
                writer.integer(serial);
              });
              writer.raw(info.digestAlgorithm.der);
              writer.raw(info.signatureAlgorithm.der);
              writer.octetString(info.signature);
            }),
          );
        }),
      );
    }),
  );
}

test('the signed attributes of a message are no content that its signer signed', { skip }, async () => {
  const chain = certificatesOf(signer, middle);
  const plain = signByOpenssl(content, signer, [], '-nodetach -nocerts -noattr');
  assert.equal(await codeOf(withoutAttributes(plain, content), { chain }), 'valid', 'the surgery is sound');
  const message = signByOpenssl(content, signer, [], '-nodetach -nocerts');
  const attributes = mustSucceed(parseSignedData(message), 'a message').signers[0]?.signed?.der;
  assert.ok(attributes);
  assert.equal(await codeOf(withoutAttributes(message, attributes), { chain }), 'cms-attributes-invalid');
});

test('no prefix and no changed octet of a message passes or throws', { skip }, async () => {
  const streamed = Buffer.from(signByOpenssl(content, signer, [middle], '-nodetach -stream'));
  for (let length = 0; length < streamed.length; length += 7)
    assert.notEqual(await codeOf(streamed.subarray(0, length)), 'valid');
  const survivors: number[] = [];
  for (let at = 0; at < streamed.length; at += 3) {
    const changed = Buffer.from(streamed);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    if ((await codeOf(changed)) === 'valid') survivors.push(at);
  }
  // what is neither signed nor read: the list of digests and the version before the content
  assert.ok(
    survivors.every((at) => at < streamed.indexOf('the content')),
    `changed and still valid: ${survivors.join(' ')}`,
  );
  const nested = Buffer.from('3080'.repeat(5_000), 'hex');
  assert.equal(await codeOf(nested), 'unusable: too-deep');
});
