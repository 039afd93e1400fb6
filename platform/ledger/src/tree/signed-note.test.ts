import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './hashes.ts';
import {
  formatNote,
  formatVerifierKey,
  noteKeyId,
  openNote,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from './signed-note.ts';

// golang.org/x/mod/sumdb/note, and the example of C2SP signed-note
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const FOO = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const FOO_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

const keyOf = (text: string): VerifierKey => mustSucceed(parseVerifierKey(text), text);
const codeOf = (result: { ok: boolean; failure?: { code: string } }): string => result.failure?.code ?? 'ok';

test('notes of other programs open, with the names of those who signed', () => {
  const note = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;
  const both = mustSucceed(openNote(note, [keyOf(PETER), keyOf(ENOCH), keyOf(FOO)]), 'open');
  assert.equal(both.text, TEXT);
  assert.deepEqual(
    both.keys.map((key) => key.name),
    ['PeterNeumann', 'EnochRoot'],
  );
  assert.equal(mustSucceed(openNote(FOO_NOTE, [keyOf(FOO)]), 'open').text, 'This is an example message.\n');
});

test('a note is written byte for byte as the other programs write it', () => {
  for (const note of [`${TEXT}\n${PETER_LINE}${ENOCH_LINE}`, FOO_NOTE])
    assert.equal(formatNote(mustSucceed(parseNote(note), 'parse')), note);
});

test('a verifier key is read and written as it was, and no mangling of it is taken', () => {
  for (const text of [PETER, ENOCH, FOO]) {
    assert.equal(formatVerifierKey(keyOf(text)), text);
    for (let at = 0; at < text.length; at++) {
      const mangled = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) + 1)}${text.slice(at + 1)}`;
      assert.equal(codeOf(parseVerifierKey(mangled)), 'key-malformed', mangled);
      assert.equal(codeOf(parseVerifierKey(text.slice(0, at))), 'key-malformed');
    }
  }
});

test('a note by unknown keys only is refused, and so is one where a known key’s signature is wrong', () => {
  const note = `${TEXT}\n${PETER_LINE}`;
  assert.equal(codeOf(openNote(note, [])), 'key-unknown');
  assert.equal(codeOf(openNote(note, [keyOf(ENOCH)])), 'key-unknown');
  assert.equal(
    codeOf(openNote(note.replace('cryptography', 'Cryptography'), [keyOf(PETER)])),
    'signature-invalid',
  );
  // a good signature beside a bad one of a known key does not save the note
  const bad = `${note}${PETER_LINE.replace('JnAM=', 'JnAN=')}`;
  assert.equal(codeOf(openNote(bad, [keyOf(PETER)])), 'note-malformed'); // not canonical base64
  const wrong = `${note}${PETER_LINE.replace('x08go/Z', 'x08go/a')}`;
  assert.equal(codeOf(openNote(wrong, [keyOf(PETER)])), 'signature-invalid');
});

test('what is not a note is refused', () => {
  const malformed = [
    '',
    TEXT,
    `${TEXT}\n`,
    `${TEXT}\n${PETER_LINE}`.slice(0, -1),
    `${TEXT}\n${PETER_LINE}\n`,
    `${TEXT}\n${PETER_LINE.replace('—', '-')}`,
    `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'Peter+Neumann')}`,
    `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'Peter\u3000Neumann')}`,
    `${TEXT}\n— PeterNeumann x08goA==\n`.replace('x08goA==', 'x08g'),
    `tab\there\n\n${PETER_LINE}`,
    `cr\r\n\n${PETER_LINE}`,
    `lone \ud800\n\n${PETER_LINE}`,
    `${TEXT}\n${PETER_LINE.repeat(65)}`,
    `${'long\n'.repeat(50_000)}\n${PETER_LINE}`,
  ];
  for (const note of malformed) assert.equal(codeOf(parseNote(note)), 'note-malformed', note.slice(0, 60));
  assert.throws(() => formatNote({ text: 'no newline', signatures: [] }));
});

test('a checkpoint signed by openssl opens, and openssl verifies ours', (t) => {
  if (spawnSync('openssl', ['version']).status !== 0) return t.skip('openssl is not installed');
  const folder = mkdtempSync(path.join(tmpdir(), 'note-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => path.join(folder, name);
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file('key.pem')]);
  const spki = execFileSync('openssl', ['pkey', '-in', file('key.pem'), '-pubout', '-outform', 'DER']);
  const key = { name: 'log.example/municipal/131016', publicKey: spki.subarray(-32) };
  const text = formatCheckpoint({ origin: key.name, size: 7, rootHash: EMPTY_ROOT });
  writeFileSync(file('text'), text);
  const signature = execFileSync('openssl', [
    'pkeyutl',
    '-sign',
    '-rawin',
    '-inkey',
    file('key.pem'),
    '-in',
    file('text'),
  ]);
  const note = formatNote({ text, signatures: [{ name: key.name, keyId: noteKeyId(key), signature }] });
  assert.equal(mustSucceed(openCheckpoint(note, [key]), 'open').size, 7);

  const ours = generateKeyPairSync('ed25519');
  writeFileSync(file('ours.pem'), ours.publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(file('signature'), sign(null, Buffer.from(text), ours.privateKey));
  execFileSync('openssl', [
    'pkeyutl',
    '-verify',
    '-rawin',
    '-pubin',
    '-inkey',
    file('ours.pem'),
    '-in',
    file('text'),
    '-sigfile',
    file('signature'),
  ]);
});

test('a checkpoint’s text is read and written, and anything else is refused', () => {
  // the example of C2SP tlog-checkpoint
  const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
  const checkpoint = mustSucceed(parseCheckpoint(text), 'parse');
  assert.equal(checkpoint.size, 20_852_163);
  assert.equal(formatCheckpoint(checkpoint), text);
  const malformed = [
    text.slice(0, -1),
    text.replace('20852163', '020852163'),
    text.replace('20852163', '-1'),
    text.replace('20852163', '2e3'),
    text.replace('20852163', '9007199254740993'),
    text.replace('q2I=', 'q2J='),
    text.slice(text.indexOf('\n')),
    text.replace('example', 'exa mple'),
    `${text}extension\n`,
    text.replace('CsUY', 'CsU'),
    '',
  ];
  for (const bad of malformed) assert.equal(codeOf(parseCheckpoint(bad)), 'checkpoint-malformed', bad);
  assert.throws(() => formatCheckpoint({ ...checkpoint, origin: 'two words' }));
  assert.throws(() => formatCheckpoint({ ...checkpoint, size: 1.5 }));
});
