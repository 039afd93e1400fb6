import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSchema } from '@ishizue/db';
import { fail, mustSucceed } from '@ishizue/outcome';
import { encodePem } from '@ishizue/x509';
import { performCeremony } from './ceremony.ts';
import type { JpkiContext, JpkiSigner } from './jpki-context.ts';
import { jpkiSchema } from './schema.ts';
import { testJpki } from './testing/index.ts';
import { OpensslDesk, opensslMissing } from './testing/openssl.ts';

test('a ceremony that is repeated changes nothing and gives the same transcript', async (t) => {
  const { context } = await testJpki(t, { isBare: true });
  const first = mustSucceed(await performCeremony(context, { performedBy: 'o-1' }), 'first');
  const again = mustSucceed(await performCeremony(context, { performedBy: 'o-2' }), 'again');
  assert.equal(again, first);
  for (const expected of [
    'authority     signature-1',
    'authority     authentication-1',
    'performed by  o-1',
    'key           jpki/signature/ca-1',
    'responder     jpki/authentication/ocsp-1-1',
  ])
    assert.ok(first.includes(expected), expected);
  const [counts] = await context.sql`
    SELECT (SELECT count(*) FROM jpki.authority) AS authorities, (SELECT count(*) FROM jpki.responder) AS responders,
      (SELECT count(*) FROM jpki.crl) AS lists`;
  assert.deepEqual({ ...counts }, { authorities: 4, responders: 4, lists: 4 });
});

test('a ceremony that is killed at any request to the signer is completed by the next one', async (t) => {
  const { context, signer } = await testJpki(t, { isBare: true });
  let left = 0;
  const mayAsk = (): boolean => left-- > 0;
  const down = () => Promise.resolve(fail('signer-unavailable', 'killed'));
  const dying: JpkiSigner = {
    generateKey: (...all) => (mayAsk() ? signer.generateKey(...all) : down()),
    signCertificate: (request) => (mayAsk() ? signer.signCertificate(request) : down()),
    signList: (request) => (mayAsk() ? signer.signList(request) : down()),
    signOcsp: (request) => signer.signOcsp(request),
  };
  const fragile: JpkiContext = { ...context, signer: dying };
  let attempts = 0;
  // each attempt gets one request further than it would alone
  for (let done = false; !done; attempts++) {
    left = attempts;
    done = (await performCeremony(fragile, { performedBy: 'o-1' })).ok;
  }
  assert.ok(attempts > 3, `${attempts} attempts`);
  const rows = await context.sql`SELECT kind, generation FROM jpki.authority WHERE signature IS NOT NULL`;
  assert.equal(rows.length, 4);
  const [responders] = await context.sql<{ count: number }[]>`SELECT count(*) FROM jpki.responder`;
  assert.equal(responders?.count, 4);
});

test('openssl reads the authorities and their responders as what they are', {
  skip: opensslMissing,
}, async (t) => {
  const { context } = await testJpki(t);
  using desk = new OpensslDesk();
  const authority = await context.authorities.findCurrent('signature');
  assert.ok(authority);
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  const at = Math.floor(context.clock.now() / 1000) + 1;
  const verified = await desk.run(`verify -attime ${at} -check_ss_sig -CAfile ca.pem ca.pem`);
  assert.match(verified.text, /ca\.pem: OK/);
  const { text } = await desk.run('x509 -in ca.pem -noout -text');
  assert.match(text, /CA:TRUE/);
  assert.match(text, /Not After : Nov 19 14:59:59 2036 GMT/);
  assert.match(text, /Public-Key: \(2048 bit\)/);
});

test('the schema is what schema.txt says', async (t) => {
  const { country } = await testJpki(t, { isBare: true });
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const kept = readFileSync(new URL('schema.txt', jpkiSchema.migrations), 'utf8');
  assert.equal(await describeSchema(superuser, 'jpki'), kept);
});
