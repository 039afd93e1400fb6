import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpointText, noteKeyId, noteSignatureLine } from './checkpoint-note.ts';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

test('key id and signature line are those of the published note of Go’s sumdb', () => {
  // the example key and note in the documentation of golang.org/x/mod/sumdb/note
  const verifierKey = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64');
  const signature =
    'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
  const keyId = noteKeyId('PeterNeumann', Buffer.concat([SPKI_PREFIX, verifierKey.subarray(1)]));
  assert.equal(keyId.toString('hex'), 'c74f20a3');
  const bytes = Buffer.from(signature, 'base64');
  assert.equal(noteSignatureLine('PeterNeumann', keyId, bytes.subarray(4)), `— PeterNeumann ${signature}\n`);
});

test('the text is that of the example in C2SP tlog-checkpoint', () => {
  const rootHash = Buffer.from('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'base64');
  assert.equal(
    checkpointText('example.com/behind-the-sofa', { size: 20852163, rootHash }),
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
  );
});
