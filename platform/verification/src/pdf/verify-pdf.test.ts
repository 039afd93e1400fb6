import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { issue, makeKey, makeRoot, OpensslDesk, opensslMissing, testName } from '@ishizue/x509/testing';
import { certificatesOf, issueAuthority, NOW } from '../testing/scene.ts';
import { signByOpenssl, signedPdf } from '../testing/signed-message.ts';
import { verifyPdf } from './verify-pdf.ts';

const root = makeRoot({}, makeKey('rsa'));
const middle = issueAuthority(root, 'Middle', [], makeKey('rsa'));
const signer = issue(middle, { subject: testName('Signer') }, makeKey('rsa'));
const skip = opensslMissing;
const sign = (content: Uint8Array): Uint8Array => signByOpenssl(content, signer, [middle]);

async function codeOf(file: Uint8Array): Promise<string> {
  const { failure } = await verifyPdf({
    file,
    anchors: certificatesOf(root),
    chain: [],
    crls: [],
    asksStatus: false,
    at: NOW,
  });
  return failure?.code ?? 'valid';
}

const PDFSIG = spawnSync('pdfsig', ['-v']).status === null ? 'Poppler’s pdfsig is not installed' : false;

test('Poppler and we agree on which PDF is signed', { skip: skip || PDFSIG }, async () => {
  const file = signedPdf(sign);
  using desk = new OpensslDesk();
  const judge = (content: Uint8Array): string =>
    spawnSync('pdfsig', ['-nocert', desk.put('signed.pdf', content)], { encoding: 'utf8' }).stdout;
  assert.match(judge(file), /Signature is Valid/);
  assert.match(judge(file), /Total document signed/);
  assert.equal(await codeOf(file), 'valid');
  const changed = Buffer.from(file);
  changed[file.indexOf('200 200')] = 0x39;
  assert.match(judge(changed), /Digest Mismatch/);
  assert.equal(await codeOf(changed), 'cms-digest-differs');
  const longer = Buffer.concat([file, Buffer.from('\n% more\n')]);
  assert.match(judge(longer), /Not total document signed/);
  assert.equal(await codeOf(longer), 'pdf-changed-after-signature');
});

test('a PDF is refused unless its byte range leaves out exactly its own contents', { skip }, async () => {
  const file = signedPdf(sign);
  assert.equal(await codeOf(signedPdf(sign, 'ETSI.CAdES.detached')), 'valid');
  assert.equal(await codeOf(signedPdf(sign, 'adbe.x509.rsa_sha1')), 'pdf-signature-kind-unsupported');
  assert.equal(await codeOf(Buffer.from('%PDF-1.7\n%%EOF\n')), 'pdf-no-signature');
  const text = file.toString('latin1');
  const rewritten = (from: string | RegExp, to: string): Promise<string> =>
    codeOf(Buffer.from(text.replace(from, to), 'latin1'));
  assert.equal(await rewritten('/ByteRange [0 ', '/ByteRange [1 '), 'pdf-signature-malformed');
  assert.equal(await rewritten('/Contents <', '/Content_ <'), 'pdf-signature-malformed');
  assert.equal(await rewritten(/\/ByteRange \[0 \d{3}/, '/ByteRange [0 222'), 'pdf-signature-malformed');
  assert.equal(await rewritten('%%EOF', '/ByteRange [0 1 2 3]\n%%EOF'), 'pdf-signature-malformed');
  const [range = ''] = /\/ByteRange \[[^\]]+\]/.exec(text) ?? [];
  assert.equal(await rewritten('%%EOF', `${range}\n%%EOF`), 'pdf-signature-malformed', 'from another object');
  const empty = text.replace(/<[0-9a-f]{100,}>/, (contents) => contents.replaceAll(/[0-9a-f]/g, '0'));
  assert.equal(await codeOf(Buffer.from(empty, 'latin1')), 'unexpected-tag');
});

test('what is left out is digits and blanks of PDF: the message, and zeros behind it', { skip }, async () => {
  const file = signedPdf(sign);
  const from = file.indexOf('/Contents <') + '/Contents <'.length;
  const to = file.indexOf('>', from);
  const length = Number.parseInt(file.toString('latin1', from + 4, from + 8), 16) + 4;
  const behind = from + length * 2;
  assert.ok(behind + 8 < to, 'there is room behind the message');
  const written = (at: number, octets: string): Promise<string> => {
    const changed = Buffer.from(file);
    changed.write(octets, at, 'latin1');
    return codeOf(changed);
  };
  // nobody signs what is left out; blanks and capitals there say the same octets (ISO 32000-2 7.3.4.3)
  for (const blanks of ['  ', '\r\n', '\t\f', '\0\0'])
    assert.equal(await written(behind, blanks), 'valid', JSON.stringify(blanks));
  assert.equal(await written(from, file.toString('latin1', from, behind).toUpperCase()), 'valid');
  for (const others of ['\v\v', '\u00a0\u00a0', '()', '%%', '<<', '>>', '> '])
    assert.equal(await written(behind, others), 'pdf-signature-malformed', JSON.stringify(others));
  assert.equal(await written(behind, ' '), 'pdf-signature-malformed', 'half an octet');
  assert.equal(await written(behind, '01'), 'trailing-data');
  assert.equal(await written(to - 2, '01'), 'trailing-data');
});
