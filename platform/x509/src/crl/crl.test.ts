import assert from 'node:assert/strict';
import { createSign, sign } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import type { Extension } from '../certificate/extension.ts';
import { attribute, encodeName } from '../certificate/name.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import { encodePem } from '../der/pem.ts';
import { at, authorityOf, issue, makeRoot, signTbs } from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { commonNameHex, fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { crlEntries, findCrlEntry, parseCrl, parseTbsCertList } from './crl.ts';
import { type CrlEntry, encodeCrlEntries, encodeCrlEntryChunks } from './crl-entry.ts';
import { crlNumber, issuingDistributionPoint } from './crl-extension.ts';
import { findRevocationReason, REVOCATION_REASONS, type RevocationReason } from './revocation-reason.ts';
import { certificateListFrame, encodeTbsCertList, tbsCertListFrame } from './tbs-cert-list.ts';

const point = encodeName([attribute('C', 'JP'), attribute('CN', 'Yokohama-shi-Naka-ku CRLDP')]);
const scope = issuingDistributionPoint({ fullName: [{ kind: 'directoryName', name: point }] });
const root = makeRoot();
const spec = {
  signatureAlgorithm: signatureAlgorithm('p256'),
  issuer: root.certificate.subject,
  thisUpdate: at('2026-04-01T00:00:00Z'),
  nextUpdate: at('2026-04-02T00:00:00Z'),
  extensions: [authorityOf(root), crlNumber(300n), scope],
};

const entriesOf = (count: number): CrlEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    serial: serialNumber(1000 + index),
    revokedAt: at('2026-03-01T00:00:00Z') + index * 1000,
    reason: index % 3 === 0 ? undefined : index % 3 === 1 ? 'keyCompromise' : 'superseded',
  }));

const codeOf = (der: Uint8Array): string => {
  const result = parseCrl(der);
  return result.ok ? 'ok' : result.failure.code;
};

test('a TBSCertList has exactly these octets', () => {
  const tbs = encodeTbsCertList(
    { ...spec, issuer: encodeName([attribute('CN', 'A')]), extensions: [crlNumber(300n), scope] },
    [
      { serial: serialNumber(5), revokedAt: at('2026-03-31T12:00:00Z') },
      { serial: serialNumber(0x80), revokedAt: at('2050-01-01T00:00:00Z'), reason: 'keyCompromise' },
      {
        serial: serialNumber(7),
        revokedAt: at('2026-03-31T12:00:00Z'),
        reason: 'superseded',
        invalidityDate: at('2026-03-30T00:00:00Z'),
      },
      { serial: serialNumber(8), revokedAt: at('2026-03-31T12:00:00Z'), reason: 'unspecified' },
    ],
  );
  const revoked = tlv('17', utf8Hex('260331120000Z'));
  const reason = (code: string): string => tlv('30', '0603551d15', tlv('04', `0a01${code}`));
  const date = tlv('30', '0603551d18', tlv('04', tlv('18', utf8Hex('20260330000000Z'))));
  const expected = tlv(
    '30',
    '020101',
    '300a06082a8648ce3d040302',
    commonNameHex('A'),
    tlv('17', utf8Hex('260401000000Z')),
    tlv('17', utf8Hex('260402000000Z')),
    tlv(
      '30',
      tlv('30', '020105', revoked),
      tlv('30', '02020080', tlv('18', utf8Hex('20500101000000Z')), tlv('30', reason('01'))),
      tlv('30', '020107', revoked, tlv('30', reason('04'), date)),
      tlv('30', '020108', revoked),
    ),
    tlv(
      'a0',
      tlv(
        '30',
        tlv('30', '0603551d14', tlv('04', '0202012c')),
        tlv(
          '30',
          '0603551d1c',
          '0101ff',
          tlv('04', tlv('30', tlv('a0', tlv('a0', tlv('a4', hexOf(point.der)))))),
        ),
      ),
    ),
  );
  assert.equal(hexOf(tbs), expected);
});

test('a list without entries has no revokedCertificates at all', () => {
  const crl = mustSucceed(parseCrl(signTbs(encodeTbsCertList(spec, []), root.key)), 'an empty list');
  assert.equal(crl.entryCount, 0);
  assert.deepEqual([...crlEntries(crl)], []);
  assert.equal(findCrlEntry(crl, serialNumber(1)), undefined);
});

test('what is written is read into the same fields', () => {
  const entries = entriesOf(100);
  const crl = mustSucceed(parseCrl(signTbs(encodeTbsCertList(spec, entries), root.key)), 'a list');
  assert.equal(crl.version, 2);
  assert.ok(crl.issuer.equals(spec.issuer));
  assert.equal(crl.thisUpdate, spec.thisUpdate);
  assert.equal(crl.nextUpdate, spec.nextUpdate);
  assert.equal(crl.entryCount, 100);
  assert.equal(hexOf(crl.known.crlNumber ?? new Uint8Array(0)), '012c');
  const name = crl.known.issuingDistributionPoint?.fullName?.[0];
  assert.ok(name?.kind === 'directoryName' && name.name.equals(point));
  const read = [...crlEntries(crl)].map(({ serial, revokedAt, reason }) => [
    hexOf(serial),
    revokedAt,
    reason,
  ]);
  assert.deepEqual(
    read,
    entries.map(({ serial, revokedAt, reason }) => [hexOf(serial), revokedAt, reason]),
  );
});

test('an entry is found by its serial number, and no other is', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.bigInt({ min: 1n, max: 1n << 158n }), { maxLength: 50 }),
      fc.nat(),
      (numbers, pick) => {
        const entries = numbers.map((number) => ({
          serial: serialNumber(number),
          revokedAt: spec.thisUpdate,
        }));
        const list = mustSucceed(parseTbsCertList(encodeTbsCertList(spec, entries.slice(1))), 'a list');
        const [absent] = entries;
        if (absent !== undefined) assert.equal(findCrlEntry(list, absent.serial), undefined);
        const present = entries[1 + (pick % Math.max(1, entries.length - 1))];
        if (present === undefined) return;
        assert.equal(
          hexOf(findCrlEntry(list, present.serial)?.serial ?? new Uint8Array(0)),
          hexOf(present.serial),
        );
      },
    ),
  );
});

test('every reason of RFC 5280 5.3.1 survives; unspecified is left out', () => {
  for (const [reason, code] of Object.entries(REVOCATION_REASONS)) {
    assert.equal(findRevocationReason(code), reason);
    const entry = { serial: serialNumber(1), revokedAt: 0, reason: reason as RevocationReason };
    const list = mustSucceed(parseTbsCertList(encodeTbsCertList(spec, [entry])), reason);
    const [read] = [...crlEntries(list)];
    assert.equal(read?.reason, reason === 'unspecified' ? undefined : reason);
  }
  assert.equal(findRevocationReason(7), undefined);
});

test('chunks put together are the list in one piece', async () => {
  const entries = entriesOf(5000);
  const batches = [entries.slice(0, 1), entries.slice(1, 3000), [], entries.slice(3000)];
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCrlEntryChunks(batches, 4096)) {
    assert.ok(chunk.length < 4096 + 64, 'no chunk is much larger than asked');
    chunks.push(chunk);
  }
  assert.ok(chunks.length > 20);
  const body = Buffer.concat(chunks);
  assert.equal(Buffer.compare(body, encodeCrlEntries(entries)), 0);
  const { head, tail } = tbsCertListFrame(spec, body.length);
  const tbs = Buffer.concat([head, body, tail]);
  assert.equal(Buffer.compare(tbs, encodeTbsCertList(spec, entries)), 0);
  const algorithm = signatureAlgorithm('p256');
  const signature = sign('sha256', tbs, root.key.privateKey);
  const outer = certificateListFrame(tbs.length, algorithm, signature);
  assert.equal(codeOf(Buffer.concat([outer.head, tbs, outer.tail])), 'ok');
});

test('a list streamed through a file is what openssl reads and verifies', {
  skip: opensslMissing,
}, async () => {
  using desk = new OpensslDesk();
  const spool = openSync(join(desk.directory, 'entries'), 'w');
  let entriesBytes = 0;
  for await (const chunk of encodeCrlEntryChunks([entriesOf(20_000)])) {
    writeSync(spool, chunk);
    entriesBytes += chunk.length;
  }
  closeSync(spool);
  const entries = readFileSync(join(desk.directory, 'entries'));
  const { head, tail } = tbsCertListFrame(spec, entriesBytes);
  const signer = createSign('sha256').update(head).update(entries).update(tail);
  const signature = signer.sign(root.key.privateKey);
  const outer = certificateListFrame(
    head.length + entriesBytes + tail.length,
    spec.signatureAlgorithm,
    signature,
  );
  desk.put('list.crl', Buffer.concat([outer.head, head, entries, tail, outer.tail]));
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  const run = desk.run('crl -inform DER -in list.crl -CAfile root.pem -text -noout');
  assert.equal(run.status, 0);
  assert.match(run.text, /verify OK/);
  assert.equal(run.text.match(/Serial Number:/g)?.length, 20_000);
  assert.match(
    run.text,
    /X509v3 Issuing Distribution Point: critical\s+Full Name:\s+DirName:C = JP, CN = Yoko/,
  );
  assert.match(run.text, /X509v3 CRL Number:\s+300/);
  assert.match(
    run.text,
    /Serial Number: 03E9\s+Revocation Date: Mar {2}1 00:00:01 2026 GMT\s+CRL entry extensions:\s+X509v3 CRL Reason Code:\s+Key Compromise/,
  );
});

test('openssl refuses the revoked certificate and accepts the other, by our list', {
  skip: opensslMissing,
}, () => {
  using desk = new OpensslDesk();
  const whole: Extension[] = [authorityOf(root), crlNumber(1n)];
  const revoked = issue(root, { serial: serialNumber(1001) });
  const good = issue(root, { serial: serialNumber(999_999) });
  const crl = signTbs(encodeTbsCertList({ ...spec, extensions: whole }, entriesOf(10)), root.key);
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  desk.put('list.pem', encodePem('X509 CRL', crl));
  desk.put('revoked.pem', encodePem('CERTIFICATE', revoked.certificate.der));
  desk.put('good.pem', encodePem('CERTIFICATE', good.certificate.der));
  const verify = (file: string) =>
    desk.run(
      `verify -crl_check -CRLfile list.pem -CAfile root.pem -attime ${spec.thisUpdate / 1000 + 60} ${file}`,
    );
  assert.equal(verify('good.pem').status, 0, verify('good.pem').text);
  assert.match(verify('revoked.pem').text, /certificate revoked/);
});

test('what openssl writes is read into the same fields', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  desk.put(
    'index.txt',
    'R\t300101000000Z\t260201000000Z,keyCompromise\t0A0B\tunknown\t/CN=x\nR\t300101000000Z\t260202000000Z\t0C\tunknown\t/CN=y\n',
  );
  desk.put('number', '2A\n');
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  desk.put('key.pem', root.key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  desk.put(
    'ca.cnf',
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n',
  );
  const made = desk.run('ca -config ca.cnf -gencrl -cert root.pem -keyfile key.pem -out list.pem');
  assert.equal(made.status, 0, made.text);
  assert.equal(desk.run('crl -in list.pem -outform DER -out list.der').status, 0);
  const crl = mustSucceed(parseCrl(desk.read('list.der')), 'a list of openssl');
  assert.equal(hexOf(crl.known.crlNumber ?? new Uint8Array(0)), '2a');
  const entries = [...crlEntries(crl)].map(({ serial, revokedAt, reason }) => [
    hexOf(serial),
    revokedAt,
    reason,
  ]);
  assert.deepEqual(entries, [
    ['0c', at('2026-02-02T00:00:00Z'), undefined],
    ['0a0b', at('2026-02-01T00:00:00Z'), 'keyCompromise'],
  ]);
});

test('a list with a defect anywhere in it is refused', () => {
  const time = tlv('17', utf8Hex('260401000000Z'));
  const list = (version: string, entries: string, extensions: string): Uint8Array =>
    signTbs(
      fromHex(
        tlv(
          '30',
          version,
          hexOf(spec.signatureAlgorithm.der),
          commonNameHex('A'),
          time,
          time,
          entries,
          extensions,
        ),
      ),
      root.key,
    );
  const entry = (...parts: string[]): string => tlv('30', tlv('30', '020105', time), tlv('30', ...parts));
  const number = tlv('30', '0603551d14', tlv('04', '020101'));
  const reason = (content: string): string => tlv('30', tlv('30', '0603551d15', tlv('04', content)));
  assert.equal(codeOf(list('020101', entry('020105', time), '')), 'ok');
  assert.equal(codeOf(list('', entry('020105', time), '')), 'ok', 'version 1');
  assert.equal(codeOf(list('', '', tlv('a0', tlv('30', number)))), 'version-unsupported');
  assert.equal(codeOf(list('020101', '', tlv('a0', tlv('30', number, number)))), 'duplicate-extension');
  assert.equal(codeOf(list('020102', '', '')), 'integer-invalid');
  assert.equal(codeOf(list('020101', '3000', '')), 'empty');
  assert.equal(codeOf(list('020101', entry('02020005', time), '')), 'integer-invalid');
  assert.equal(
    codeOf(list('020101', entry('020105', tlv('18', utf8Hex('20260401000000Z'))), '')),
    'time-form',
  );
  assert.equal(codeOf(list('020101', entry('020105', time, reason('0a0107')), '')), 'reason-invalid');
  assert.equal(codeOf(list('020101', entry('020105', time, reason('0a010b')), '')), 'integer-invalid');
  assert.equal(codeOf(list('020101', entry('020105', time, '3000'), '')), 'empty');
  assert.equal(codeOf(list('020101', entry('020105', time, '', '0500'), '')), 'unexpected-tag');
  const scopeOf = (flag: string): string =>
    codeOf(
      list('020101', '', tlv('a0', tlv('30', tlv('30', '0603551d1c', '0101ff', tlv('04', tlv('30', flag)))))),
    );
  assert.equal(scopeOf('8101ff'), 'ok');
  assert.equal(scopeOf('810100'), 'default-encoded');
  assert.equal(scopeOf('810101'), 'boolean-invalid');
  const otherAlgorithm = encodeTbsCertList({ ...spec, signatureAlgorithm: signatureAlgorithm('p384') }, []);
  assert.equal(codeOf(signTbs(otherAlgorithm, root.key)), 'algorithm-mismatch');
  const unknown = tlv('30', tlv('30', '06022a03', '0101ff', tlv('04', '0500')));
  const flagged = mustSucceed(
    parseCrl(list('020101', entry('020105', time, unknown), '')),
    'a list to be refused later',
  );
  assert.equal(flagged.hasUnknownEntryExtension, true);
});
