import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { municipalSite } from '@ishizue/registry';
import { type RenderedAnswer, subjectEchoOf } from '../messages.ts';
import { type Expected, findMismatch } from './compare-answer.ts';

const KEY = 'ab'.repeat(32);
const DOCUMENT = Buffer.from('%PDF-1.7 a paper');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const expected: Expected = {
  requestId: '0'.repeat(32),
  municipality: '132217',
  class: 'resident-record',
  extent: 'person',
  subjectEcho: subjectEchoOf(KEY, '12345678901'),
};
const answer: RenderedAnswer = {
  requestId: expected.requestId,
  municipality: '132217',
  class: 'resident-record',
  extent: 'person',
  result: 'rendered',
  subjectEcho: subjectEchoOf(KEY, '12345678901'),
  certificateId: '7Q4M-0ZRX-93TB-KC6V-H2PD-8WYA',
  issuedOn: '2026-11-20',
  pages: 1,
  sha256: sha256(DOCUMENT),
  document: DOCUMENT.toString('base64'),
};

const find = (
  change: Partial<RenderedAnswer>,
  document = DOCUMENT,
  from = municipalSite('132217'),
): string | undefined => findMismatch(expected, from, { ...answer, ...change }, document);

test('an answer that echoes its request passes, and each single difference has its own code', () => {
  assert.equal(find({}), undefined);
  assert.equal(find({}, DOCUMENT, municipalSite('142042')), 'answer-of-other-site');
  assert.equal(find({ municipality: '142042' }), 'answer-of-other-municipality');
  assert.equal(find({ extent: 'household' }), 'answer-of-other-extent');
  assert.equal(find({ subjectEcho: subjectEchoOf(KEY, '12345678902') }), 'answer-of-other-person');
  assert.equal(
    find({ subjectEcho: subjectEchoOf('cd'.repeat(32), '12345678901') }),
    'answer-of-other-person',
    'the echo of another request',
  );
  const other = Buffer.from('%PDF-1.7 another paper');
  assert.equal(find({}, other), 'document-hash-differs');
  const noPdf = Buffer.from('<html>');
  assert.equal(find({ sha256: sha256(noPdf) }, noPdf), 'document-not-pdf');
});

test('nothing is the answer to a request that expects nobody', () => {
  const nobody = { ...expected, subjectEcho: null };
  assert.equal(findMismatch(nobody, municipalSite('132217'), answer, DOCUMENT), 'answer-of-other-person');
});
