/** Calls and their rate, tickets, FAQ and chat, on a real database: nothing of a person. One country for the whole file. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { answerRate } from './calls/answer-rate.ts';
import { importCalls } from './calls/import-calls.ts';
import { endIdleChats } from './chat/end-chats.ts';
import { endAsOperator, readChat, takeNextChat, writeAsOperator } from './chat/operator-chat.ts';
import { askForPerson, endAsVisitor, openChat, showChat, writeAsVisitor } from './chat/visitor-chat.ts';
import { publishFaq, withdrawFaq } from './faq/publish-faq.ts';
import { searchFaq } from './faq/search-faq.ts';
import { helpCountry } from './testing/index.ts';
import {
  actOnTicket,
  openTicket,
  overdueTickets,
  type TicketAct,
  ticketWithHistory,
} from './tickets/tickets.ts';

const wholeFile = {
  after: (cleanUp: Parameters<typeof after>[0]) => after(cleanUp),
} as Parameters<typeof helpCountry>[0];
const country = await helpCountry(wholeFile);
const { helpDesk, clock } = country;
const superuser = country.database.superuser();
wholeFile.after(() => superuser.end());

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

test('records of a telephone system: good rows load beside bad ones, again nothing, and the rate is exact', async () => {
  const heading = 'call_id,offered_at,waited_s,channel,language,topic,outcome,operator';
  const rows = Array.from({ length: 100 }, (_, index) => {
    const isLost = index % 20 === 0;
    const month = index < 50 ? '2025-04-01T00:00:00+09:00' : '2026-03-31T23:59:59+09:00';
    return `C-${index},${month},${index},phone,ja,${index < 40 ? 'suspension' : 'card'},${isLost ? 'abandoned,' : 'told,o-1'}`;
  });
  const others = [
    'B-1,2026-04-01T00:00:00+09:00,3,phone,ja,card,abandoned,', // another year
    'B-2,2026-03-01T00:00:00+09:00,0,chatbot,en,card,told,', // the program alone
    'B-3,yesterday,0,phone,ja,card,told,o-1',
    '"B-4,2026-03-01T00:00:00+09:00',
  ];
  const load = async (lines: readonly string[]) => {
    const rejected: string[] = [];
    const text = async function* () {
      yield `${[heading, ...lines].join('\r\n')}\r\n`;
    };
    const done = await importCalls(helpDesk, {
      source: 'pbx-1',
      text: text(),
      reject: async ({ row, code }) => void rejected.push(`${row} ${code}`),
    });
    return [done.ok ? done.value : done.failure.code, rejected];
  };
  assert.deepEqual(await load([...rows, ...others, rows[0] ?? '']), [
    { rows: 105, stored: 102, unchanged: 0, rejected: 3 },
    ['104 offered-at-malformed', '105 row-malformed', '106 row-repeated'],
  ]);
  const changed = rows.with(7, (rows[7] ?? '').replace('phone', 'chat'));
  assert.deepEqual(await load(changed), [
    { rows: 100, stored: 0, unchanged: 99, rejected: 1 },
    ['9 call-id-reused'],
  ]);
  assert.deepEqual((await load([]))[0], { rows: 0, stored: 0, unchanged: 0, rejected: 0 });
  const { total, months, topics, byProgram, target_percent } = await answerRate(helpDesk, 2025);
  assert.deepEqual(total, { offered: 100, answered: 95, abandoned: 5, percent: '95.00', isMet: true });
  assert.deepEqual([target_percent, byProgram], [95, 1]);
  assert.deepEqual(
    months
      .filter(({ offered }) => offered > 0)
      .map(({ month, offered, percent }) => [month, offered, percent]),
    [
      ['2025-04', 50, '94.00'],
      ['2026-03', 50, '96.00'],
    ],
  );
  assert.deepEqual(
    topics.flatMap(({ topic, offered, answered }) => (offered > 0 ? [[topic, offered, answered]] : [])),
    [
      ['card', 60, 57],
      ['suspension', 40, 38],
    ],
  );
});

test('tickets go through their states; the database refuses every other step, and a second state at once', async () => {
  const given = { requestId: 't-1', asker: 'municipal/132217', subject: '更新の窓口について' };
  const ticket = mustSucceed(await openTicket(helpDesk, 'o-1', given), 'a ticket');
  assert.equal(mustSucceed(await openTicket(helpDesk, 'o-1', given), 'again').ticketId, ticket.ticketId);
  assert.equal(codeOf(await openTicket(helpDesk, 'o-1', { ...given, subject: '別' })), 'request-id-reused');
  const numbered = { ...given, requestId: 't-2', subject: '123456789012の件' };
  assert.equal(codeOf(await openTicket(helpDesk, 'o-1', numbered)), 'text-holds-a-number');
  const { ticketId } = ticket;
  const classify = { ticketId, sequence: 1, event: 'classify', topic: 'jpki', urgency: 'urgent' } as const;
  const classified = mustSucceed(await actOnTicket(helpDesk, 'o-1', classify), 'classified');
  assert.deepEqual([classified.state, classified.owner, classified.sequence], ['classified', 'o-1', 2]);
  assert.deepEqual(await actOnTicket(helpDesk, 'o-1', classify), { ok: true, value: classified });
  assert.equal(codeOf(await actOnTicket(helpDesk, 'o-2', classify)), 'ticket-changed-meanwhile');
  const acts: readonly (readonly [TicketAct, string])[] = [
    [{ ticketId, sequence: 2, event: 'resolve' }, 'ticket-state-refused'],
    [{ ticketId, sequence: 2, event: 'link', incident: 'INC-2026-1' }, 'ok'],
    [{ ticketId, sequence: 3, event: 'assign', owner: 'o-2' }, 'ok'],
    [{ ticketId, sequence: 3, event: 'assign', owner: 'o-3' }, 'ticket-changed-meanwhile'],
    [{ ticketId, sequence: 4, event: 'answer', note: '番号 1234-5678-9012' }, 'text-holds-a-number'],
    [{ ticketId, sequence: 4, event: 'answer', note: '窓口で更新できます' }, 'ok'],
    [{ ticketId, sequence: 5, event: 'resolve' }, 'ok'],
  ];
  for (const [act, code] of acts)
    assert.equal(codeOf(await actOnTicket(helpDesk, 'o-1', act)), code, act.event);
  const shown = mustSucceed(await ticketWithHistory(helpDesk, ticketId), 'the ticket');
  assert.deepEqual(
    shown.history.map(({ event, state, owner }) => `${event} ${state} ${owner}`),
    [
      'open new null',
      'classify classified o-1',
      'link classified o-1',
      'assign classified o-2',
      'answer answered o-2',
      'resolve resolved o-2',
    ],
  );
  // behind the code's back: neither another state, nor a step out of order, nor a changed history
  const sql = helpDesk.sql;
  const insert = (sequence: number, event: string, state: string) => sql`
    INSERT INTO help_desk.ticket_change (ticket_id, sequence, event, state, topic, urgency, operator, changed_at)
    VALUES (${ticketId}, ${sequence}, ${event}, ${state}, 'jpki', 'normal', 'o-x', ${new Date(clock.now())})`;
  await assert.rejects(insert(7, 'answer', 'answered'), /does not answer/);
  await assert.rejects(insert(8, 'publish', 'faq'), /out of order/);
  await assert.rejects(sql`UPDATE help_desk.ticket SET state = 'new'`, /permission denied/);
  await assert.rejects(sql`UPDATE help_desk.ticket_change SET note = 'x'`, /permission denied/);
  await assert.rejects(
    sql`INSERT INTO help_desk.ticket (request_id, asker, subject, opened_at, state) VALUES ('x', 'resident', 'x', now(), 'faq')`,
    /permission denied/,
  );
  const late = mustSucceed(await openTicket(helpDesk, 'o-1', { ...given, requestId: 't-3' }), 'a ticket');
  assert.equal((await overdueTickets(helpDesk)).length, 0);
  clock.advance(5 * 24 * 3_600_000);
  assert.deepEqual(
    (await overdueTickets(helpDesk)).map((one) => one.ticketId),
    [late.ticketId],
  );
});

test('whatever operators do at once, a ticket’s history is one path that its states allow', async () => {
  const event = fc.constantFrom('classify', 'answer', 'escalate', 'resolve', 'assign', 'link');
  const act = fc.record({
    event,
    sequence: fc.integer({ min: 1, max: 6 }),
    by: fc.constantFrom('o-1', 'o-2'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 12 }), async (acts) => {
      const given = { requestId: randomUUID(), asker: 'resident', subject: '質問' };
      const { ticketId } = mustSucceed(await openTicket(helpDesk, 'o-1', given), 'a ticket');
      const common = { topic: 'card', urgency: 'normal', owner: 'o-3', incident: 'INC-1' };
      await Promise.all(
        acts.map(({ by, ...one }) => actOnTicket(helpDesk, by, { ...common, ...one, ticketId } as TicketAct)),
      );
      const { state, sequence, history } = mustSucceed(
        await ticketWithHistory(helpDesk, ticketId),
        'the ticket',
      );
      assert.deepEqual(
        history.map((one) => one.sequence),
        Array.from({ length: sequence }, (_, at) => at + 1),
      );
      assert.equal(history.at(-1)?.state, state);
      const path = history.map((one) => one.state).filter((one, at, all) => one !== all[at - 1]);
      assert.match(path.join(' '), /^new( classified( answered)?( escalated)?( resolved)?)?$/);
    }),
    { numRuns: 15 },
  );
});

test('a resolved ticket becomes an FAQ entry by a reviewer who did not answer it', async () => {
  const given = { requestId: 'faq-1', asker: 'resident', subject: 'カードの色は選べますか' };
  const { ticketId } = mustSucceed(await openTicket(helpDesk, 'o-1', given), 'a ticket');
  const act = (one: object) => actOnTicket(helpDesk, 'o-1', { ticketId, ...one } as TicketAct);
  mustSucceed(await act({ sequence: 1, event: 'classify', topic: 'card', urgency: 'normal' }), 'classified');
  mustSucceed(await act({ sequence: 2, event: 'answer' }), 'answered');
  const ja = {
    language: 'ja',
    question: 'カードの色や図柄は選べますか。',
    answer: '選べません。図柄は全国共通です。',
    words: '色 デザイン',
  } as const;
  const en = {
    language: 'en',
    question: 'Can I choose the colour of the card?',
    answer: 'No, there is one design.',
    words: '',
  } as const;
  const draft = { faqId: 'card-colour', ticketId, sequence: 3, texts: [ja, en] };
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-rev', draft)), 'ticket-state-refused');
  mustSucceed(await act({ sequence: 3, event: 'resolve' }), 'resolved');
  const ready = { ...draft, sequence: 4 };
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-1', ready)), 'reviewer-answered-it');
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-rev', { ...ready, texts: [ja] })), 'language-missing');
  const personal = { ...ready, texts: [{ ...ja, answer: '山田太郎様の番号は…' }, en] };
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-rev', personal)), 'text-holds-a-person');
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-rev', { ...ready, faqId: 'lost-card' })), 'faq-id-taken');
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-rev', ready)), 'ok');
  assert.equal(codeOf(await publishFaq(helpDesk, 'o-rev', ready)), 'ok');
  assert.equal(mustSucceed(await ticketWithHistory(helpDesk, ticketId), 'it').state, 'faq');
  assert.equal((await searchFaq(helpDesk, 'ja', 'デザインを選びたい'))[0]?.faqId, 'card-colour');
  assert.equal(codeOf(await withdrawFaq(helpDesk, 'card-colour')), 'ok');
  assert.deepEqual(await searchFaq(helpDesk, 'en', 'colour'), []);
});

test('what people ask is found among the first three, and nonsense is not answered', async () => {
  const asked: readonly (readonly ['ja' | 'en', string, string])[] = [
    ['ja', 'カードを落としました', 'lost-card'],
    ['ja', 'マイナンバーカードを紛失した', 'lost-card'],
    ['ja', 'ｶｰﾄﾞが見つかったので一時停止を解除したい', 'found-card'],
    ['ja', '暗証番号わすれた', 'pin-forgotten'],
    ['ja', 'パスワードを忘れてしまった', 'pin-forgotten'],
    ['ja', 'ロックがかかった', 'pin-locked'],
    ['ja', '何回間違えるとロックされますか', 'pin-locked'],
    ['ja', '電子証明書の期限はいつ', 'certificate-expiry'],
    ['ja', '電子証明書の更新はどこで', 'certificate-renewal'],
    ['ja', 'カードの有効期限', 'card-expiry'],
    ['ja', 'スマホで申請したい', 'apply-how'],
    ['ja', '申請したのに届かない', 'apply-state'],
    ['ja', '写真の大きさ', 'photo-rules'],
    ['ja', '受け取りに必要な持ち物', 'collect-card'],
    ['ja', '家族が代わりに受け取れる？', 'proxy-collect'],
    ['ja', '引越ししたとき', 'moved-address'],
    ['ja', '結婚で名字がかわった', 'name-changed'],
    ['ja', 'スマホをなくした', 'phone-lost'],
    ['ja', 'コンビニで住民票', 'kiosk'],
    ['ja', '確定申告', 'e-tax'],
    ['ja', '保険証として使いたい', 'insurance-card'],
    ['ja', '赤ちゃんのカード', 'child-card'],
    ['ja', '急いで作りたい', 'express'],
    ['ja', '海外に引っ越す', 'abroad'],
    ['ja', '再交付の手数料はいくら', 'lost-not-found'],
    ['en', 'my card was stolen', 'lost-card'],
    ['en', 'I forgot my password', 'pin-forgotten'],
    ['en', 'how many wrong tries until locked', 'pin-locked'],
    ['en', 'renewing certificates', 'certificate-renewal'],
    ['en', 'photo size', 'photo-rules'],
    ['en', 'has my application arrived', 'apply-state'],
    ['en', 'I am leaving Japan', 'abroad'],
    ['en', 'use it at a hospital', 'insurance-card'],
    ['en', 'convenience store', 'kiosk'],
    ['en', 'change of address after moving', 'moved-address'],
    ['en', 'baby', 'child-card'],
  ];
  const missed: string[] = [];
  let firsts = 0;
  for (const [language, question, faqId] of asked) {
    const found = (await searchFaq(helpDesk, language, question, 3)).map((one) => one.faqId);
    if (found[0] === faqId) firsts += 1;
    if (!found.includes(faqId)) missed.push(`${question}: ${found.join(' ')}`);
  }
  assert.deepEqual(missed, []);
  assert.ok(firsts >= asked.length * 0.85, `${firsts} of ${asked.length} were first`);
  // other words: no entry was fitted to them
  const unseen: readonly (readonly ['ja' | 'en', string, string])[] = [
    ['ja', '財布ごと盗まれた', 'lost-card'],
    ['ja', 'なくしたカードが家から出てきた', 'found-card'],
    ['ja', '暗証番号を変えたい', 'pin-forgotten'],
    ['ja', '署名用パスワードは何桁', 'pin-kinds'],
    ['ja', '有効期限通知書が届いた', 'certificate-renewal'],
    ['ja', '申請書idがわからない', 'application-id-lost'],
    ['ja', '交付通知書がまだ来ない', 'notice-not-arrived'],
    ['ja', '旧姓を載せたい', 'name-changed'],
    ['ja', '署名用電子証明書が使えない', 'signature-lapsed'],
    ['ja', '機種変更するときの手続', 'phone-certificates'],
    ['ja', '印鑑証明をコンビニで', 'kiosk'],
    ['ja', '暗証番号なしのカード', 'face-card'],
    ['ja', '通知カードの再発行', 'notice-card'],
    ['ja', '父が亡くなりました', 'return-card'],
    ['ja', '英語で相談できますか', 'call-hours'],
    ['en', 'I lost my wallet with the card', 'lost-card'],
    ['en', 'what is the fee for a replacement', 'lost-not-found'],
    ['en', 'card for my newborn daughter', 'child-card'],
    ['en', 'can my mother pick up the card', 'proxy-collect'],
    ['en', 'new mobile phone', 'phone-certificates'],
  ];
  let helped = 0;
  for (const [language, question, faqId] of unseen)
    if ((await searchFaq(helpDesk, language, question, 3)).some((one) => one.faqId === faqId)) helped += 1;
  assert.ok(helped >= 16, `${helped} of ${unseen.length}`);
  for (const [language, nonsense] of [
    ['ja', '明日の天気'],
    ['ja', '近くのラーメン屋'],
    ['ja', '！？…'],
    ['en', 'what is the weather like tomorrow'],
    ['en', '%_%'],
    ['en', 'the and of'],
  ] as const)
    assert.deepEqual(
      (await searchFaq(helpDesk, language, nonsense)).map((one) => one.faqId),
      [],
      nonsense,
    );
  assert.ok((await searchFaq(helpDesk, 'ja', 'カード'.repeat(50_000))).length <= 5);
});

test('a chat: the program first, then a person; stored once, without numbers, and counted at its end', async () => {
  const token = await openChat(helpDesk, 'ja');
  const write = (messageId: string, text: string) => writeAsVisitor(helpDesk, token, { messageId, text });
  assert.equal(codeOf(await write('m-0000001', '暗証番号を忘れました。番号は1234 5678 9012です')), 'ok');
  assert.equal(codeOf(await write('m-0000001', '暗証番号を忘れました。')), 'ok');
  const said = mustSucceed(await showChat(helpDesk, token), 'the chat').messages;
  assert.deepEqual(
    said.map(({ author, text, faqIds }) => [author, author === 'visitor' ? text : faqIds[0]]),
    [
      ['visitor', '暗証番号を忘れました。番号は［***］です'],
      ['bot', 'pin-forgotten'],
    ],
  );
  for (const text of ['', '   ', 'あ'.repeat(1_001), '\u0000'])
    assert.equal(codeOf(await write(randomUUID(), text)), 'message-malformed');
  assert.equal(codeOf(await askForPerson(helpDesk, token)), 'ok');
  assert.equal(codeOf(await askForPerson(helpDesk, token)), 'ok');
  clock.advance(42_000);
  const [one, two] = await Promise.all(['o-1', 'o-2'].map((operator) => takeNextChat(helpDesk, operator)));
  const taken = [one, two].flatMap((result) => (result?.ok && result.value ? [result.value] : []));
  assert.equal(taken.length, 1, 'one chat, one operator');
  const { sessionId, operator } = taken[0] ?? { sessionId: '', operator: '' };
  const other = operator === 'o-1' ? 'o-2' : 'o-1';
  const reply = { sessionId, messageId: 'o-0000001', text: '窓口で再設定できます' };
  assert.equal(codeOf(await writeAsOperator(helpDesk, other, reply)), 'chat-unknown');
  assert.equal(codeOf(await readChat(helpDesk, other, sessionId, 0)), 'chat-unknown');
  assert.equal(codeOf(await writeAsOperator(helpDesk, operator ?? '', reply)), 'ok');
  assert.equal(codeOf(await writeAsOperator(helpDesk, operator ?? '', reply)), 'ok');
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => write(`m-parallel-${name}`, `ありがとう${name}`)));
  const all = mustSucceed(await showChat(helpDesk, token), 'the chat').messages;
  assert.deepEqual(
    all.map(({ number }) => number),
    [1, 2, 3, 4, 5, 6, 7],
  );
  assert.equal(codeOf(await endAsOperator(helpDesk, operator ?? '', sessionId)), 'ok');
  assert.equal(codeOf(await endAsVisitor(helpDesk, token)), 'ok');
  assert.equal(codeOf(await write('m-0000009', 'まだ')), 'chat-ended');
  assert.equal(codeOf(await showChat(helpDesk, token.replace(/.$/, 'x'))), 'chat-unknown');
  const calls =
    await superuser`SELECT waited_s, channel, topic, outcome, operator FROM help_desk.call WHERE source = 'chat'`;
  assert.deepEqual(
    { ...calls[0] },
    { waited_s: 42, channel: 'chat', topic: 'jpki', outcome: 'told', operator },
  );
  assert.equal(calls.length, 1);
});

test('chats that stand still end by the clock: waiting is abandoned, the queue is bounded, what was said goes', async () => {
  const waiting = await openChat(helpDesk, 'en');
  mustSucceed(await askForPerson(helpDesk, waiting), 'in the queue');
  const reading = await openChat(helpDesk, 'en');
  mustSucceed(await writeAsVisitor(helpDesk, reading, { messageId: 'm-0000001', text: 'PIN' }), 'a message');
  const silent = await openChat(helpDesk, 'en');
  clock.advance(15 * 60_000);
  assert.equal(await endIdleChats(helpDesk), 1);
  clock.advance(15 * 60_000);
  assert.equal(await endIdleChats(helpDesk), 2);
  for (const token of [waiting, reading, silent])
    assert.equal(mustSucceed(await showChat(helpDesk, token), 'a chat').session.state, 'ended');
  const ended = await superuser<{ channel: string; outcome: string; waited_s: number }[]>`
    SELECT channel, outcome, waited_s FROM help_desk.call WHERE source = 'chat' AND language = 'en' ORDER BY channel`;
  assert.deepEqual(
    ended.map((row) => `${row.channel} ${row.outcome} ${row.waited_s}`),
    ['chat abandoned 900', 'chatbot told 0'],
  );
  const tokens = await Promise.all(Array.from({ length: 53 }, () => openChat(helpDesk, 'ja')));
  const asked = await Promise.all(tokens.map((token) => askForPerson(helpDesk, token)));
  assert.equal(asked.filter(({ ok }) => ok).length, 50);
  assert.deepEqual(new Set(asked.map(codeOf)), new Set(['ok', 'chat-busy']));
  const mine = [];
  for (let count = 0; count < 4; count++) mine.push(codeOf(await takeNextChat(helpDesk, 'o-9')));
  assert.deepEqual(mine, ['ok', 'ok', 'ok', 'chats-too-many']);
  clock.advance(31 * 24 * 3_600_000);
  await endIdleChats(helpDesk);
  clock.advance(31 * 24 * 3_600_000);
  await endIdleChats(helpDesk);
  const [left] = await superuser`
    SELECT (SELECT count(*) FROM help_desk.chat_message)::int + (SELECT count(*) FROM help_desk.chat_session)::int AS kept`;
  assert.equal(left?.['kept'], 0);
});
