import assert from 'node:assert/strict';
import { createPublicKey, createVerify, randomBytes, verify } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { checkpointText, noteKeyId } from './checkpoint-note.ts';
import { linkSignedBytes } from './link-header.ts';
import type { SignerEvent } from './request-answerer.ts';
import { SignerClient } from './signer-client.ts';
import type { SignerResult } from './signer-code.ts';
import { startSigner } from './start-signer.ts';
import { ReferenceTree } from './testing/reference-tree.ts';
import { runningSigner, signerOptions } from './testing/running-signer.ts';

const spkiKey = (spki: Buffer) => createPublicKey({ key: spki, format: 'der', type: 'spki' });
const codeOf = (result: { ok: boolean; failure?: { code: string } }) => result.failure?.code;
const get = async <T>(result: Promise<SignerResult<T>>): Promise<T> => mustSucceed(await result, 'request');

test('certificates, CRLs and OCSP answers that pass their lint are signed by the key of that use', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  const spki = await get(client.generateKey('ca/one', 'rsa-2048', ['certificate:leaf', 'crl', 'ocsp']));
  assert.deepEqual(await get(client.publicKey('ca/one')), spki);
  for (const size of [1, 300, 40_000]) {
    const tbs = Buffer.alloc(size, 0x30);
    const signatures = await Promise.all([
      get(client.signCertificate({ key: 'ca/one', profile: 'leaf', tbs })),
      get(client.signCrl({ key: 'ca/one', tbs })),
      get(client.signOcsp({ key: 'ca/one', tbs })),
    ]);
    for (const signature of signatures) {
      assert.equal(createVerify('sha256').update(tbs).verify(spkiKey(spki), signature), true);
    }
  }
});

test('what a lint finds is not signed, and the finding comes back', async (t) => {
  const events: SignerEvent[] = [];
  const { connect } = await runningSigner(t, { report: (event) => events.push(event) });
  const client = await connect();
  await get(client.generateKey('ca/one', 'p-256', ['certificate:leaf', 'crl', 'ocsp']));
  const tbs = Buffer.from([0x30, 0xbd]);
  for (const refused of [
    await client.signCertificate({ key: 'ca/one', profile: 'leaf', tbs }),
    await client.signCrl({ key: 'ca/one', tbs }),
    await client.signOcsp({ key: 'ca/one', tbs }),
  ]) {
    assert.equal(codeOf(refused), 'lint-refused');
    assert.match(refused.ok ? '' : refused.failure.detail, /no-bad-byte: at 1/);
  }
  assert.deepEqual(
    events.map((event) => event.event === 'refused' && event.operation),
    ['signCertificate', 'signCrl', 'signOcsp'],
  );
});

test('a lint gets the public key of the signing key, and one that throws refuses', async (t) => {
  const seen: Buffer[] = [];
  const crash = () => {
    throw new TypeError('personal data');
  };
  const lints = {
    certificate: { odd: crash },
    crl: crash,
    ocsp: (_: Buffer, spki: Buffer) => (seen.push(spki), []),
  };
  const { connect } = await runningSigner(t, { lints });
  const client = await connect();
  const spki = await get(client.generateKey('ca/one', 'p-384', ['certificate:odd', 'crl', 'ocsp']));
  await get(client.signOcsp({ key: 'ca/one', tbs: Buffer.from('x') }));
  assert.deepEqual(seen, [spki]);
  const refused = await client.signCertificate({ key: 'ca/one', profile: 'odd', tbs: Buffer.from('x') });
  assert.deepEqual(refused.ok || refused.failure, {
    code: 'lint-refused',
    detail: 'the lint threw TypeError',
  });
});

test('a profile without a lint, a use that the key lacks and an unknown key are refused', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  await get(client.generateKey('ca/one', 'p-256', ['certificate:leaf', 'certificate:unlinted']));
  await get(client.generateKey('link/national', 'ed25519', ['envelope']));
  await get(client.ensureSecret('numbering/permutation', ['permute']));
  const tbs = Buffer.from('x');
  const certificate = (key: string, profile: string) => client.signCertificate({ key, profile, tbs });
  assert.equal(codeOf(await certificate('ca/one', 'unlinted')), 'profile-without-lint');
  assert.equal(codeOf(await certificate('ca/one', 'constructor')), 'profile-without-lint');
  assert.equal(codeOf(await certificate('ca/one', 'root')), 'use-not-allowed');
  assert.equal(codeOf(await certificate('ca/two', 'leaf')), 'key-unknown');
  assert.equal(codeOf(await client.signOcsp({ key: 'ca/one', tbs })), 'use-not-allowed');
  assert.equal(codeOf(await client.signCrl({ key: 'link/national', tbs })), 'use-not-allowed');
  const header = JSON.stringify({ v: 1, kind: 'acknowledgement', link: 'a>national:x', from: 'national' });
  assert.equal(codeOf(await client.signAcknowledgement({ key: 'link/national', header })), 'use-not-allowed');
  const values = ['12345678901'];
  const permute = { key: 'numbering/permutation', digits: 11, values };
  assert.equal(codeOf(await client.unpermute(permute)), 'use-not-allowed');
  assert.equal(
    codeOf(await client.deriveKey({ secret: 'numbering/permutation', label: 'x' })),
    'use-not-allowed',
  );
  assert.equal(codeOf(await client.publicKey('numbering/permutation')), 'key-unknown');
  assert.equal(codeOf(await client.ensureSecret('signer/checkpoint-state', ['derive'])), 'key-name-invalid');
  assert.equal(
    codeOf(await client.deriveKey({ secret: 'signer/checkpoint-state', label: '' })),
    'use-not-allowed',
  );
});

test('a checkpoint is a C2SP note that verifies; a fork of the tree is refused to every client', async (t) => {
  const { connect } = await runningSigner(t);
  const [one, two] = [await connect(), await connect()];
  const [tree, forged] = [new ReferenceTree(50), new ReferenceTree(50, 'forged')];
  const [key, origin] = ['ledger/national', 'log.example/national'];
  const spki = await get(one.generateKey(key, 'ed25519', ['checkpoint']));
  const head = (from: ReferenceTree, previousSize: number, size: number) => ({
    key,
    origin,
    size,
    rootHash: from.root(size),
    previousSize,
    consistencyProof: from.consistencyProof(previousSize, size),
  });
  for (const [previousSize, size] of [
    [0, 7],
    [7, 8],
    [8, 33],
  ] as const) {
    const { note, signatureLine, signature } = await get(one.signCheckpoint(head(tree, previousSize, size)));
    const text = checkpointText(origin, { size, rootHash: tree.root(size) });
    assert.equal(note, `${text}\n${signatureLine}`);
    const [dash, name, encoded = ''] = signatureLine.trimEnd().split(' ');
    assert.deepEqual([dash, name], ['—', origin]);
    const bytes = Buffer.from(encoded, 'base64');
    assert.deepEqual(bytes, Buffer.concat([noteKeyId(origin, spki), signature]));
    assert.equal(verify(null, Buffer.from(text), spkiKey(spki), signature), true);
  }
  assert.equal(codeOf(await two.signCheckpoint(head(forged, 33, 40))), 'checkpoint-inconsistent');
  assert.equal(codeOf(await two.signCheckpoint(head(forged, 33, 33))), 'checkpoint-fork');
  assert.equal(codeOf(await two.signCheckpoint(head(tree, 8, 20))), 'checkpoint-smaller');
  assert.deepEqual(await get(two.lastCheckpoint(origin)), { size: 33, rootHash: tree.root(33) });
  assert.equal(await get(two.lastCheckpoint('log.example/other')), undefined);
  await get(two.generateKey('ledger/second', 'ed25519', ['checkpoint']));
  const byOtherKey = { ...head(forged, 33, 40), key: 'ledger/second' };
  assert.equal(
    codeOf(await two.signCheckpoint(byOtherKey)),
    'checkpoint-inconsistent',
    'the tree is one, not the key',
  );
  assert.equal((await get(two.health())).signsCheckpoints, true);
});

test('of two clients that race with two trees of one size, one wins', async (t) => {
  const { connect } = await runningSigner(t);
  const clients = await Promise.all(Array.from({ length: 8 }, connect));
  const trees = clients.map((_, i) => new ReferenceTree(9, `tree ${i}`));
  for (let round = 0; round < 10; round++) {
    const origin = `log.example/${round}`;
    await get((clients[0] ?? assert.fail()).generateKey('ledger/x', 'ed25519', ['checkpoint']));
    const outcomes = await Promise.all(
      clients.map((client, i) => {
        const rootHash = trees[i]?.root(9) ?? assert.fail();
        return client.signCheckpoint({
          key: 'ledger/x',
          origin,
          size: 9,
          rootHash,
          previousSize: 0,
          consistencyProof: [],
        });
      }),
    );
    assert.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
    assert.ok(outcomes.every((outcome) => outcome.ok || outcome.failure.code === 'checkpoint-fork'));
  }
});

test('a key for one origin signs no other', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  await get(client.generateKey('ledger/a', 'ed25519', ['checkpoint:log.example/a']));
  const head = { size: 1, rootHash: randomBytes(32), previousSize: 0, consistencyProof: [] };
  await get(client.signCheckpoint({ key: 'ledger/a', origin: 'log.example/a', ...head }));
  const other = await client.signCheckpoint({ key: 'ledger/a', origin: 'log.example/b', ...head });
  assert.equal(codeOf(other), 'use-not-allowed');
});

test('a link header is signed for the site of the key and at its end of the link only', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  const key = 'link/municipal/131016';
  const spki = await get(client.generateKey(key, 'ed25519', ['envelope', 'acknowledgement']));
  const envelope = {
    v: 1,
    kind: 'envelope',
    link: 'municipal/131016>prefectural/13:registry',
    from: 'municipal/131016',
    note: '漢字 and "quotes"',
  };
  const acknowledgement = {
    ...envelope,
    kind: 'acknowledgement',
    link: 'prefectural/13>municipal/131016:registry',
  };
  const header = JSON.stringify(envelope);
  const signature = await get(client.signEnvelope({ key, header }));
  assert.equal(verify(null, linkSignedBytes(header), spkiKey(spki), signature), true);
  assert.equal(verify(null, Buffer.from(header), spkiKey(spki), signature), false, 'the prefix is signed');
  await get(client.signAcknowledgement({ key, header: JSON.stringify(acknowledgement) }));

  const refused = async (changes: object, text?: string) =>
    codeOf(await client.signEnvelope({ key, header: text ?? JSON.stringify({ ...envelope, ...changes }) }));
  assert.equal(await refused({ from: 'municipal/011002' }), 'header-of-another-site');
  assert.equal(await refused({ from: ['municipal/131016'] }), 'header-of-another-site');
  assert.equal(await refused({ link: acknowledgement.link }), 'header-of-another-site');
  assert.equal(codeOf(await client.signAcknowledgement({ key, header })), 'header-invalid');
  assert.equal(await refused({ kind: 'acknowledgement' }), 'header-invalid');
  assert.equal(await refused({ v: 2 }), 'header-invalid');
  assert.equal(await refused({ v: '1' }), 'header-invalid');
  assert.equal(await refused({ link: undefined }), 'header-invalid');
  for (const text of [
    '',
    'null',
    '[1]',
    '"x"',
    `${header} `,
    header.replace('{', '{"from":"national",'),
    '{"v":1',
  ]) {
    assert.equal(await refused({}, text), 'header-invalid', text);
  }
});

test('permutation works over the socket in batches, its inverse only for a key that allows it', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  await get(client.ensureSecret('numbering/permutation', ['permute']));
  await get(client.ensureSecret('test/both', ['permute', 'permute-inverse']));
  const values = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(11, '0'));
  const key = 'numbering/permutation';
  const permuted = await get(client.permute({ key, digits: 11, values }));
  assert.equal(new Set(permuted).size, 10_000);
  assert.deepEqual(
    await get(client.permute({ key, digits: 11, values: values.slice(0, 3) })),
    permuted.slice(0, 3),
  );
  const both = await get(client.permute({ key: 'test/both', digits: 11, values }));
  assert.notDeepEqual(both, permuted);
  assert.deepEqual(await get(client.unpermute({ key: 'test/both', digits: 11, values: both })), values);
  assert.deepEqual(await get(client.permute({ key, digits: 10, values: [] })), []);
  const refused = async (digits: number, some: string[]) =>
    codeOf(await client.permute({ key, digits, values: some }));
  assert.equal(await refused(11, [...values, '00000000000']), 'digits-invalid');
  assert.equal(await refused(11, ['1234567890x']), 'digits-invalid');
  assert.equal(await refused(19, ['1'.repeat(19)]), 'digits-invalid');
});

test('a derived key is HKDF of the secret: the same for a label, another for another, and never the secret', async (t) => {
  const { connect, signer, folder } = await runningSigner(t);
  const client = await connect();
  await get(client.ensureSecret('ledger/pseudonyms', ['derive']));
  await get(client.ensureSecret('ledger/others', ['derive']));
  const derive = (secret: string, label: string) => get(client.deriveKey({ secret, label }));
  const key = await derive('ledger/pseudonyms', 'municipal/131016');
  assert.equal(key.length, 32);
  assert.deepEqual(await derive('ledger/pseudonyms', 'municipal/131016'), key);
  assert.notDeepEqual(await derive('ledger/pseudonyms', 'municipal/131017'), key);
  assert.notDeepEqual(await derive('ledger/others', 'municipal/131016'), key);
  await client.close();
  await signer.close();
  const again = mustSucceed(await startSigner(signerOptions(folder)), 'restart');
  t.after(() => again.close());
  const next = mustSucceed(await SignerClient.connect(again.socketPath), 'connect');
  t.after(() => next.close());
  assert.deepEqual(
    await get(next.deriveKey({ secret: 'ledger/pseudonyms', label: 'municipal/131016' })),
    key,
  );
});

test('keys are listed by name without their material', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  const spki = await get(client.generateKey('link/b', 'ed25519', ['envelope']));
  await get(client.ensureSecret('link/a', ['derive']));
  const listed = await get(client.listKeys());
  assert.deepEqual(
    listed.map(({ createdAt, ...rest }) => ({ ...rest, dated: createdAt > 0 })),
    [
      { name: 'link/a', algorithm: 'secret', uses: ['derive'], spki: Buffer.alloc(0), dated: true },
      { name: 'link/b', algorithm: 'ed25519', uses: ['envelope'], spki, dated: true },
    ],
  );
});

test('octets are signed in the one form of their key, where its lint accepts them to the last', async (t) => {
  const forms = {
    greeting: (octets: Buffer) =>
      octets.toString() === 'good day' ? [] : [{ rule: 'a-greeting', detail: 'it is none' }],
  };
  const nothing = () => [];
  const { connect } = await runningSigner(t, {
    lints: { certificate: {}, crl: nothing, ocsp: nothing, forms },
  });
  const client = await connect();
  const spki = await get(client.generateKey('cards/one', 'rsa-2048', ['form:greeting']));
  const octets = Buffer.from('good day');
  const signature = await get(client.signForm({ key: 'cards/one', octets }));
  assert.equal(verify('sha256', octets, spkiKey(spki), signature), true);
  const other = Buffer.from('good day, and a thousand yen');
  assert.equal(codeOf(await client.signForm({ key: 'cards/one', octets: other })), 'lint-refused');
  await get(client.generateKey('cards/two', 'rsa-2048', ['form:unknown']));
  assert.equal(codeOf(await client.signForm({ key: 'cards/two', octets })), 'profile-without-lint');
  await get(client.generateKey('ca/one', 'p-256', ['certificate:leaf']));
  assert.equal(codeOf(await client.signForm({ key: 'ca/one', octets })), 'use-not-allowed');
  assert.equal(codeOf(await client.signCrl({ key: 'cards/one', tbs: octets })), 'use-not-allowed');
  for (const uses of [['form:a', 'form:b'], ['form:a', 'crl'], ['form:A'], ['form:']])
    assert.equal(
      codeOf(await client.generateKey('cards/three', 'rsa-2048', uses)),
      'uses-invalid',
      uses.join(),
    );
  assert.equal(codeOf(await client.generateKey('cards/three', 'p-256', ['form:a'])), 'uses-invalid');
});
