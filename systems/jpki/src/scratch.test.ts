import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeFileSync } from 'node:fs';
import { testJpki } from './testing/index.ts';
import { performCeremony } from './ceremony.ts';
import { jpkiLints } from './lint/jpki-lints.ts';
void jpkiLints;
test('smoke', async (t) => {
  const jpki = await testJpki(t);
  const transcript = await performCeremony(jpki.context, { performedBy: 'x' });
  console.log(transcript);
  const [code] = await jpki.enrol([{}]);
  assert.ok(code);
  const a = await jpki.issue({ residentCode: code });
  const s = await jpki.issue({ residentCode: code, kind: 'signature' });
  writeFileSync('/tmp/jpki-a.der', a.certificate);
  writeFileSync('/tmp/jpki-s.der', s.certificate);
  console.log(a, s);
});
