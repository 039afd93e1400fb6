/** Planted violations: sites that answer with the wrong paper, too late, twice, or die in the middle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddressedMessage, Handler } from '@ishizue/link';
import { openTickets as parkedMessages } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE } from '@ishizue/registry/testing';
import { expireRequests } from './centre/expire-requests.ts';
import { takeDocument } from './centre/take-document.ts';
import { closeAnswerTicket, openTickets } from './centre/tickets.ts';
import { askAndRoute, kioskCountry, refusalOf, stateOf } from './kiosk-for-tests.ts';
import {
  type AnswerBody,
  answerBody,
  CERTIFICATE_RENDERED,
  CERTIFICATE_REQUEST,
  toCentre,
} from './messages.ts';
import { needsPoppler } from './paper/pdftotext-for-tests.ts';

/** Lets a handler see other messages, or send others. */
const bend = (
  handler: Handler | undefined,
  change: {
    readonly body?: (body: unknown) => unknown;
    readonly sent?: (message: AddressedMessage) => AddressedMessage[];
  },
): Handler => {
  return (tx, link, messages) => {
    if (!handler) throw new Error('no handler to bend');
    const { body = (given: unknown) => given, sent = (message: AddressedMessage) => [message] } = change;
    const bent = messages.map((message) => ({ ...message, body: body(message.body) }));
    return handler(tx, { ...link, send: (out) => link.send(out.flatMap(sent)) }, bent);
  };
};

const answerOf = (message: AddressedMessage): AnswerBody => answerBody.parse(message.body);

const PEOPLE = [
  { resident_number: '1', household_number: '1', name: '石川　遥' },
  { resident_number: '2', household_number: '2', name: '佐藤　光' },
];

test('a municipality that prints another person’s record is stopped at the centre, with evidence, until the cause is shown', async (t) => {
  let other = '';
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_REQUEST]: bend(topics[CERTIFICATE_REQUEST], {
        body: (body) => ({ ...(body as object), ...(other === '' ? {} : { residentCode: other }) }),
      }),
    }),
  });
  await load(KIYOSE, PEOPLE);
  await load(KAMAKURA, [{ name: '鈴木　遥' }]);
  const code = await codeOf('石川　遥');
  other = await codeOf('佐藤　光');
  const { requestId, token } = await askAndRoute(context, code);
  await country.settle();
  other = '';
  assert.equal(await stateOf(context, requestId), 'stopped: answer-of-other-person');
  const taken = await takeDocument(context, requestId, token);
  assert.equal(taken.ok ? 'handed out' : taken.failure.code, 'request-stopped');

  const [ticket] = await openTickets(context);
  assert.equal(ticket?.requestId, requestId);
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [evidence] = await superuser`
    SELECT expected->>'subjectEcho' AS expected, answered->>'subjectEcho' AS answered, document FROM certificates.national_ticket`;
  assert.ok(evidence?.['document'].subarray(0, 5).toString() === '%PDF-', 'the wrong paper is kept');
  assert.notEqual(evidence?.['expected'], evidence?.['answered']);
  const [document] = await superuser`SELECT count(*) AS n FROM certificates.national_document`;
  assert.equal(document?.['n'], 0, 'and not where papers are collected');
  const [issue] = await superuser`SELECT outcome FROM certificates.municipal_issue`;
  assert.equal(issue?.['outcome'], 'stopped');

  assert.equal(await refusalOf(context, code), 'issue-suspended');
  assert.equal(await refusalOf(context, await codeOf('鈴木　遥')), 'routed', 'others go on');
  const ticketId = ticket?.ticketId ?? 0;
  const word = await closeAnswerTicket(context, 'o-1', ticketId, 'printed fine');
  assert.equal(word.ok ? 'closed' : word.failure.code, 'cause-missing');
  const cause = 'the add-on read the record by a shared file name; fixed in build 12';
  mustSucceed(await closeAnswerTicket(context, 'o-1', ticketId, cause), 'closed');
  assert.equal(await refusalOf(context, code), 'routed');
  await country.settle();
});

test('papers that a municipality mixes up between two answers are both stopped', async (t) => {
  let first: AnswerBody | undefined;
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_REQUEST]: bend(topics[CERTIFICATE_REQUEST], {
        sent: (message) => {
          const answer = answerOf(message);
          const swapped = first;
          first = answer;
          if (answer.result !== 'rendered' || swapped?.result !== 'rendered') return [message];
          // the second person's answer carries the first one's file: the file name was shared
          return [{ ...message, body: { ...answer, document: swapped.document } }];
        },
      }),
    }),
  });
  await load(KIYOSE, PEOPLE);
  const one = await askAndRoute(context, await codeOf('石川　遥'));
  await country.settle();
  const two = await askAndRoute(context, await codeOf('佐藤　光'));
  await country.settle();
  assert.equal(await stateOf(context, one.requestId), 'rendered');
  assert.equal(await stateOf(context, two.requestId), 'stopped: document-hash-differs');
  assert.equal((await takeDocument(context, two.requestId, two.token)).ok, false);
  const held = await takeDocument(context, one.requestId, one.token);
  assert.equal(
    held.ok ? 'handed out' : held.failure.code,
    'issue-suspended',
    'nothing more leaves meanwhile',
  );
});

test('a second, different answer takes back the first one that waits, and keeps both', async (t) => {
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_REQUEST]: bend(topics[CERTIFICATE_REQUEST], {
        sent: (message) => [
          message,
          message, // the same again changes nothing
          {
            ...message,
            body: { ...answerOf(message), result: 'refused', code: 'changed-my-mind', ...NOTHING },
          },
        ],
      }),
    }),
  });
  await load(KIYOSE, PEOPLE);
  const { requestId } = await askAndRoute(context, await codeOf('石川　遥'));
  await country.settle();
  assert.equal(await stateOf(context, requestId), 'stopped: answer-differs-from-first');
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [ticket] = await superuser`SELECT waiting_document FROM certificates.national_ticket`;
  assert.equal(ticket?.['waiting_document'].subarray(0, 5).toString(), '%PDF-');
});

const NOTHING = {
  subjectEcho: undefined,
  certificateId: undefined,
  issuedOn: undefined,
  pages: undefined,
  sha256: undefined,
  document: undefined,
};

test('an answer that comes after the time-out is never delivered', async (t) => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_RENDERED]: async (tx, link, messages) => {
        arrived.resolve();
        await gate.promise;
        return topics[CERTIFICATE_RENDERED]?.(tx, link, messages) ?? [];
      },
    }),
  });
  await load(KIYOSE, PEOPLE);
  const [early, slow] = [
    await askAndRoute(context, await codeOf('石川　遥')),
    await askAndRoute(context, await codeOf('佐藤　光')),
  ];
  await arrived.promise;
  country.clock.advance(61_000);
  assert.equal(await expireRequests(context), 2);
  gate.resolve();
  await country.settle();
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  for (const { requestId, token } of [early, slow]) {
    assert.equal(await stateOf(context, requestId), 'timed-out: request-expired');
    const taken = await takeDocument(context, requestId, token);
    assert.equal(taken.ok ? 'handed out' : taken.failure.code, 'request-expired');
  }
  const [kept] = await superuser`
    SELECT (SELECT count(*) FROM certificates.national_document) + (SELECT count(*) FROM certificates.national_ticket) AS n`;
  assert.equal(kept?.['n'], 0);
});

test('a late answer that nobody has swept before is dropped too, and a late request is not even read', async (t) => {
  const gate = Promise.withResolvers<void>();
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_REQUEST]: async (tx, link, messages) => {
        await gate.promise;
        return topics[CERTIFICATE_REQUEST]?.(tx, link, messages) ?? [];
      },
    }),
  });
  await load(KIYOSE, PEOPLE);
  const { requestId } = await askAndRoute(context, await codeOf('石川　遥'));
  country.clock.advance(61_000);
  gate.resolve();
  await country.settle();
  assert.equal(await stateOf(context, requestId), 'timed-out: request-expired');
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [read] = await superuser`
    SELECT count(*) AS n FROM ledger.entry WHERE correlation = ${requestId} AND site <> 'national'`;
  assert.equal(read?.['n'], 0);
  const [issue] = await superuser`SELECT result FROM certificates.municipal_issue`;
  assert.equal(issue?.['result'], 'request-expired');
});

test('a site that dies in the middle loses nothing that was acknowledged, and issues one paper', async (t) => {
  let deaths = 0;
  const die = (handler: Handler | undefined): Handler => {
    return async (tx, link, messages) => {
      const answers = await handler?.(tx, link, messages);
      if (deaths++ % 2 === 0)
        throw Object.assign(new Error('the process died before its commit'), { code: '40001' });
      return answers ?? [];
    };
  };
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_REQUEST]: die(topics[CERTIFICATE_REQUEST]),
      [CERTIFICATE_RENDERED]: die(topics[CERTIFICATE_RENDERED]),
    }),
  });
  await load(KIYOSE, PEOPLE);
  const { requestId, token } = await askAndRoute(context, await codeOf('石川　遥'));
  await country.settle();
  assert.ok(deaths >= 4, 'both sites died and came back');
  const taken = mustSucceed(await takeDocument(context, requestId, token), 'document');
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const issues = await superuser`SELECT certificate_id FROM certificates.municipal_issue`;
  assert.deepEqual(
    issues.map((row) => row['certificate_id']),
    [taken.certificateId],
  );
});

test('an answer to nothing, one out of form, and an order to the centre are parked; what comes with them goes on', async (t) => {
  if (!needsPoppler(t)) return;
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) => ({
      ...topics,
      [CERTIFICATE_REQUEST]: bend(topics[CERTIFICATE_REQUEST], {
        sent: (message) => [
          message,
          { ...message, subject: 'f'.repeat(32), body: { ...answerOf(message), requestId: 'f'.repeat(32) } },
          { ...message, subject: 'e'.repeat(32), body: { nonsense: true } },
          { ...message, subject: 'd'.repeat(32), topic: CERTIFICATE_REQUEST },
        ],
      }),
    }),
  });
  await load(KIYOSE, PEOPLE);
  const { requestId, token } = await askAndRoute(context, await codeOf('石川　遥'));
  await country.settle();
  assert.equal(await stateOf(context, requestId), 'rendered');
  mustSucceed(await takeDocument(context, requestId, token), 'document');
  const parked = await parkedMessages(country.database.pool('link'), 10);
  assert.deepEqual(parked.map(({ code }) => code).sort(), [
    'answer-invalid',
    'request-unknown',
    'topic-not-for-site',
  ]);
  assert.ok(parked.every(({ link }) => link === toCentre(KIYOSE)));
});
