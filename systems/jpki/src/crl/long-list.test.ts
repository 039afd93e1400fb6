import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { fail, mustSucceed } from '@ishizue/outcome';
import { KIYOSE } from '@ishizue/registry/testing';
import type { SignList } from '@ishizue/signer';
import { crlEntries, encodePem, parseCrl, serialNumberValue } from '@ishizue/x509';
import { performCeremony } from '../ceremony.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type TestJpki, testJpki } from '../testing/index.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { plantRevoked } from '../testing/plant-revoked.ts';
import { serveJpki } from '../testing/serve-jpki.ts';
import { ListFiles } from './list-files.ts';
import { publishList } from './publish-list.ts';
import { openPublished } from './published-lists.ts';
import { openEntries, WHOLE_GENERATION } from './revoked-entries.ts';

const COUNT = 30_000;
const FROM = 0x1000_0000;

async function manyRevoked(t: TestContext) {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}], KIYOSE);
  assert.ok(residentCode);
  await jpki.issue({ residentCode });
  await plantRevoked(jpki.context.sql, { count: COUNT, from: FROM });
  const authority = await jpki.context.authorities.findCurrent('authentication');
  assert.ok(authority);
  return { jpki, authority };
}

const listOf = async (context: JpkiContext): Promise<Buffer> => {
  const authority = await context.authorities.findCurrent('authentication');
  const list = authority && (await openPublished(context, authority, undefined));
  assert.ok(list);
  return buffer(list.content);
};

const numberOf = (der: Buffer): bigint =>
  serialNumberValue(mustSucceed(parseCrl(der), 'a list').known.crlNumber ?? new Uint8Array(0));

test('a list of many parts has every entry in order, and openssl verifies it', {
  skip: opensslMissing,
}, async (t) => {
  const { jpki, authority } = await manyRevoked(t);
  const published = mustSucceed(await publishList(jpki.context, authority, undefined), 'publish');
  assert.equal(published.entries, COUNT);
  const der = await listOf(jpki.context);
  let expected = FROM;
  for (const { serial } of crlEntries(mustSucceed(parseCrl(der), 'a list')))
    assert.equal(serialNumberValue(serial), BigInt(expected++));
  assert.equal(expected, FROM + COUNT);
  using desk = new OpensslDesk();
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  desk.put('list.crl', der);
  const verified = await desk.run('crl -inform DER -in list.crl -CAfile ca.pem -noout -crlnumber');
  assert.match(verified.text, /verify OK/);
  assert.match(verified.text, /crlNumber=0x0*2\b/i);
  const [row] = await jpki.context.sql`
    SELECT entries, bytes, sha256 = sha256(${der}) AS same, duration_ms >= 0 AS timed FROM jpki.publication
    WHERE kind = 'authentication' AND point = ${WHOLE_GENERATION} AND number = 2`;
  assert.deepEqual({ ...row }, { entries: COUNT, bytes: der.length, same: true, timed: true });
});

test('the octets of the entries are known before them, on both sides of 2050 and with and without a reason', async (t) => {
  const { jpki, authority } = await manyRevoked(t);
  await plantRevoked(jpki.context.sql, {
    count: 10,
    from: FROM + COUNT,
    revokedAt: new Date('2055-01-01T00:00:00Z'),
  });
  await plantRevoked(jpki.context.sql, {
    count: 10,
    from: 0x0080_0000,
    revokedAt: new Date('2049-12-31T23:59:59Z'),
  });
  const read = (thisUpdate: number) =>
    inTransaction(jpki.context.sql, {}, async (tx) => {
      const entries = await openEntries(tx, {
        authority,
        generations: [authority.generation],
        point: WHOLE_GENERATION,
        thisUpdate,
        last: undefined,
      });
      let bytes = 0;
      for await (const chunk of entries.chunks) bytes += chunk.length;
      await entries.close();
      return { count: entries.count, foretold: entries.bytes, bytes };
    });
  for (const year of ['2030', '2060']) {
    const { count, foretold, bytes } = await read(Date.parse(`${year}-01-01T00:00:00Z`));
    assert.equal(count, COUNT + 20);
    assert.equal(foretold, bytes);
  }
});

/** A signer that fails when it has seen some parts of a list. */
const failingAfter = (
  jpki: TestJpki,
  parts: number,
  failing: () => Promise<never> | ReturnType<typeof fail>,
) => ({
  ...jpki.context,
  signer: {
    generateKey: jpki.signer.generateKey.bind(jpki.signer),
    signCertificate: jpki.signer.signCertificate.bind(jpki.signer),
    signOcsp: jpki.signer.signOcsp.bind(jpki.signer),
    signList: async ({ entries }: SignList) => {
      let seen = 0;
      for await (const _ of entries) if (++seen === parts) break;
      await failing();
      return fail('signer-unavailable', 'planted');
    },
  },
});

test('a publication that comes to nothing leaves the old list served, and no piece of the new one', async (t) => {
  const { jpki, authority } = await manyRevoked(t);
  const folder = path.join(jpki.listsFolder, 'authentication-1');
  const before = await listOf(jpki.context);
  const refused = await publishList(
    failingAfter(jpki, 2, () => fail('x', 'y')),
    authority,
    undefined,
  );
  assert.equal(!refused.ok && refused.failure.code, 'signer-unavailable');
  const broken = failingAfter(jpki, 1, () => Promise.reject(new Error('planted')));
  await assert.rejects(publishList(broken, authority, undefined), /planted/);
  assert.deepEqual(await listOf(jpki.context), before);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.new')),
    [],
  );
  // the connections that were left in the middle of a COPY work on
  const published = mustSucceed(await publishList(jpki.context, authority, undefined), 'publish');
  assert.deepEqual([published.number, numberOf(await listOf(jpki.context))], [2, 2n]);
});

test('a list whose file is lost is not there, and is made anew with the next number when the house opens', async (t) => {
  const { jpki } = await manyRevoked(t);
  const origin = await serveJpki(t, jpki.context);
  const authority = await jpki.context.authorities.findCurrent('authentication');
  const url = `${origin}/crl/${Buffer.from(authority?.keyIdentifier ?? []).toString('hex')}`;
  assert.equal((await fetch(url)).status, 200);
  rmSync(jpki.listsFolder, { recursive: true });
  assert.equal((await fetch(url)).status, 404);
  mustSucceed(await performCeremony(jpki.context, { performedBy: 'o-test' }), 'opening');
  assert.equal(numberOf(Buffer.from(await (await fetch(url)).arrayBuffer())), 2n);
});

test('a list is streamed with its length and its tag, and only to who has another one', async (t) => {
  const { jpki, authority } = await manyRevoked(t);
  mustSucceed(await publishList(jpki.context, authority, undefined), 'publish');
  const origin = await serveJpki(t, jpki.context);
  const url = `${origin}/crl/${Buffer.from(authority.keyIdentifier).toString('hex')}`;
  const first = await fetch(url);
  const der = Buffer.from(await first.arrayBuffer());
  assert.deepEqual(der, await listOf(jpki.context));
  assert.equal(first.headers.get('content-length'), String(der.length));
  assert.equal(first.headers.get('content-type'), 'application/pkix-crl');
  const tag = first.headers.get('etag') ?? '';
  for (const held of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await fetch(url, { headers: { 'if-none-match': held } });
    assert.equal(again.status, 304, held);
    assert.equal(again.headers.get('etag'), tag);
  }
  assert.equal((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status, 200);
  jpki.country.clock.advance(1_000);
  mustSucceed(await publishList(jpki.context, authority, undefined), 'publish');
  assert.equal((await fetch(url, { headers: { 'if-none-match': tag } })).status, 200, 'a newer one');
});

test('files of before go with a later publication; one that is read meanwhile is read to its end', async (t) => {
  const { jpki, authority } = await manyRevoked(t);
  mustSucceed(await publishList(jpki.context, authority, undefined), 'publish');
  const reading = await openPublished(jpki.context, authority, undefined);
  assert.ok(reading);
  const files = new ListFiles(jpki.listsFolder);
  const file = path.join(jpki.listsFolder, 'authentication-1', `0-${reading.number}.crl`);
  await files.removeOlder(authority, new Map([[0, reading.number]]));
  assert.ok(existsSync(file), 'the one that is served stays');
  await files.removeOlder(authority, new Map([[0, reading.number + 1]]));
  assert.ok(!existsSync(file));
  assert.equal((await buffer(reading.content)).length, reading.bytes);
});
