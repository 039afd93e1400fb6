import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { householdAt } from '../moves/moves-for-tests.ts';
import { toNational } from '../moves/relayed.ts';
import { recordEvent } from '../municipal/record-event.ts';
import {
  giveCodes,
  holdLink,
  ledgerEntries,
  superuserOf,
  ticketsOf,
  writeRaw,
} from '../testing/behind-the-scenes.ts';
import { grantSupport, KAMAKURA, KIYOSE, shownCard, testAccess, testCountry } from '../testing/index.ts';
import { address, moveInWith } from '../testing/samples.ts';
import { COPY_ANSWER, type CopyAnswerBody, type CopyWish, subjectEcho } from './copy-messages.ts';
import { copyRequestState, requestCopy, takeCopy } from './request-copy.ts';

const WISH: CopyWish = {
  extent: 'person',
  withRelationship: false,
  withResidentCode: false,
  withNationality: false,
};
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

async function openCountry(t: TestContext) {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  const ask = async (wish: Partial<CopyWish> = {}, person = head): Promise<string> => {
    const card = await shownCard(country.moves, KAMAKURA, 'wide-area-copy', person);
    const order = { residence: KIYOSE, wish: { ...WISH, ...wish }, card };
    const asked = await requestCopy(country.moves, KAMAKURA, testAccess, order);
    return mustSucceed(asked, 'asking').requestId;
  };
  const stateOf = async (requestId: string): Promise<string> => {
    const { state, code } = mustSucceed(
      await copyRequestState(country.moves, KAMAKURA, requestId),
      requestId,
    );
    return code === null ? state : `${state}: ${code}`;
  };
  const take = (requestId: string) => takeCopy(country.moves, KAMAKURA, testAccess, requestId);
  return { country, sql, head, child, ask, stateOf, take };
}

test('a counter elsewhere gets what the law lets out, once, and both ledgers and the centre’s tell it by one id', async (t) => {
  const { country, sql, head, child, ask, stateOf, take } = await openCountry(t);
  const requestId = await ask();
  assert.equal(codeOf(await take(requestId)), 'copy-not-ready');
  await country.settle();
  assert.equal(await stateOf(requestId), 'answered');
  const taken = mustSucceed(await take(requestId), 'the copy');
  assert.deepEqual(taken, {
    residence: KIYOSE,
    wish: WISH,
    content: {
      address: '東京都清瀬市中里五丁目842番地　中里荘203',
      head: null,
      persons: [
        {
          name: '石川　遥',
          nameKana: 'タカハシ　ハナコ',
          formerSurname: null,
          alias: null,
          birthDate: '1990-05-06',
          sex: 2,
          becameResidentOn: '2026-01-10',
          addressFixedOn: '2026-01-10',
          previousAddress: '大阪府大阪市北区梅田一丁目1番',
          relationship: null,
          residentCode: null,
          foreign: null,
        },
      ],
    },
  });
  assert.equal(codeOf(await take(requestId)), 'copy-over');
  const kept = await sql`SELECT content FROM registry.municipal_copy_request WHERE content IS NOT NULL`;
  assert.equal(kept.length, 0);
  const traced = await sql<{ line: string }[]>`
    SELECT site || ' ' || array_to_string(fields, ' ') || ' ' || result AS line FROM ledger.entry
    WHERE correlation = ${requestId} ORDER BY line`;
  assert.deepEqual(
    traced.map(({ line }) => line),
    [
      'municipal/132217 resident-record wide-area-copy ok',
      'municipal/142042 wide-area-copy answered ok',
      'municipal/142042 wide-area-copy requested ok',
      'municipal/142042 wide-area-copy taken copy-not-ready',
      'municipal/142042 wide-area-copy taken copy-over',
      'municipal/142042 wide-area-copy taken ok',
      'national wide-area-copy-answer ok',
      'national wide-area-copy-request ok',
    ],
  );

  const whole = await ask({ extent: 'household', withRelationship: true, withResidentCode: true });
  await country.settle();
  const { content } = mustSucceed(await take(whole), 'the household');
  assert.equal(content.head, '石川　遥');
  assert.deepEqual(
    content.persons.map(({ name, relationship, residentCode }) => [name, relationship, residentCode]),
    [
      ['石川　遥', '世帯主', head],
      ['石川　葵', '子', child],
    ],
  );
});

test('an address inside the municipality is not told as the one before; of a foreign resident only where it was asked for', async (t) => {
  const { country, ask, take, head } = await openCountry(t);
  const moved = { ...address, town: '元町一丁目', lot: '4番5号' };
  const within = {
    reason: 'move-within' as const,
    residentCode: head,
    eventDate: '2026-11-01',
    address: moved,
  };
  mustSucceed(
    await recordEvent(country.context, KIYOSE, testAccess, 'inside-move-1', within),
    'the move inside',
  );
  const { details } = moveInWith();
  const foreigner = moveInWith({
    details: {
      ...details,
      name: 'ＳＭＩＴＨ　ＡＮＮ',
      nationality: 'GBR',
      residenceStatus: '永住者',
      domicile: null,
    },
  });
  const entered = await recordEvent(country.context, KIYOSE, testAccess, 'foreign-entry-1', foreigner);
  const { residentCode } = mustSucceed(entered, 'the foreign resident');
  await country.settle();
  const contentOf = async (person: string, wish: Partial<CopyWish> = {}) => {
    const requestId = await ask(wish, person);
    await country.settle();
    return mustSucceed(await take(requestId), 'the copy').content.persons[0];
  };
  assert.equal((await contentOf(head))?.previousAddress, null);
  assert.equal((await contentOf(residentCode))?.foreign, null);
  assert.deepEqual((await contentOf(residentCode, { withNationality: true }))?.foreign, {
    nationality: 'GBR',
    residenceStatus: '永住者',
    stayExpiresOn: null,
  });
});

test('the person’s own municipality refuses where somebody on the copy is stopped, or nobody is a resident', async (t) => {
  const { country, child, ask, stateOf, take } = await openCountry(t);
  country.moves.stopped.add(child);
  const household = await ask({ extent: 'household' });
  const alone = await ask();
  const stranger = await ask({}, '50000000009');
  await country.settle();
  assert.equal(await stateOf(household), 'refused: issue-stopped');
  assert.equal(codeOf(await take(household)), 'copy-refused');
  assert.equal(await stateOf(alone), 'answered');
  assert.equal(await stateOf(stranger), 'refused: resident-not-found');
  assert.deepEqual(await ticketsOf(country), []);
});

test('a support measure in the register of the person’s own municipality stops the copy', async (t) => {
  const { country, head, child, ask, stateOf } = await openCountry(t);
  const before = await ask({ extent: 'household' });
  await country.settle();
  assert.equal(await stateOf(before), 'answered');
  await grantSupport(country, KIYOSE, child);
  const household = await ask({ extent: 'household' });
  const alone = await ask({}, head);
  await country.settle();
  assert.equal(await stateOf(household), 'refused: issue-stopped');
  assert.equal(await stateOf(alone), 'answered');
});

test('a stop under the code before a change stops the copy all the same', async (t) => {
  const { country, child, ask, stateOf } = await openCountry(t);
  country.moves.stopped.add(child);
  const change = { reason: 'resident-code-change', residentCode: child, eventDate: '2026-11-20' } as const;
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'change', change), 'the change');
  await country.settle();
  const household = await ask({ extent: 'household' });
  await country.settle();
  assert.equal(await stateOf(household), 'refused: issue-stopped');
});

test('an answer that is not its request’s in every point, and a second one, stop the request: nothing is printed', async (t) => {
  const { country, sql, head, child, ask, stateOf, take } = await openCountry(t);
  const release = await holdLink(sql, `national>municipal/${KIYOSE}:registry`);
  const open: string[] = [];
  for (let n = 0; n < 5; n++) open.push(await ask());
  const [other = '', extent = '', echo = '', more = '', twice = ''] = open;
  const [row] = await sql<{ body: CopyAnswerBody & { result: 'content' } }[]>`SELECT ${sql.json({
    from: KIYOSE,
    to: KAMAKURA,
    residentCode: head,
    extent: 'person',
    result: 'content',
    subjectEcho: '0'.repeat(64),
    content: {
      address: '東京都清瀬市',
      head: null,
      persons: [
        {
          name: '石川　葵',
          nameKana: '',
          formerSurname: null,
          alias: null,
          birthDate: '1990-05-06',
          sex: 2,
          becameResidentOn: '2026-01-10',
          addressFixedOn: '2026-01-10',
          previousAddress: null,
          relationship: null,
          residentCode: null,
          foreign: null,
        },
      ],
    },
  })}::jsonb AS body`;
  assert.ok(row);
  const [asked] = await sql<{ key: Buffer }[]>`
    SELECT subject_key AS key FROM registry.municipal_copy_request WHERE request_id = ${more}`;
  const rightEcho = subjectEcho(asked?.key.toString('hex') ?? '', head);
  const answer = (correlation: string, changes: object = {}) =>
    toNational(COPY_ANSWER, { ...row.body, correlation, ...changes });
  const refused = { result: 'refused', code: 'issue-stopped', subjectEcho: undefined, content: undefined };
  for (const message of [
    answer(other, { residentCode: child }),
    answer(extent, { extent: 'household' }),
    answer(echo),
    answer(more, { subjectEcho: rightEcho, content: { ...row.body.content, head: '石川　遥' } }),
    answer(twice, refused),
    answer(twice, refused),
  ]) {
    const { link, subject, topic, body } = message;
    await writeRaw(country, [{ link, subject, topic, body: JSON.parse(JSON.stringify(body)) }]);
  }
  await release();
  await country.settle();
  assert.equal(await stateOf(other), 'stopped: answer-of-other-person');
  assert.equal(await stateOf(extent), 'stopped: answer-of-other-extent');
  assert.equal(await stateOf(echo), 'stopped: answer-of-other-person');
  assert.equal(await stateOf(more), 'stopped: answer-of-other-content');
  assert.equal(await stateOf(twice), 'stopped: answered-twice');
  for (const requestId of open) assert.equal(codeOf(await take(requestId)), 'copy-stopped');
});

test('what comes too late leaves nothing: neither side reads or prints after the time is over', async (t) => {
  const { country, sql, ask, stateOf, take } = await openCountry(t);
  const release = await holdLink(sql, `national>municipal/${KIYOSE}:registry`);
  const late = await ask();
  country.clock.advance(5 * 60_000);
  await release();
  await country.settle();
  assert.equal(await stateOf(late), 'over: answered-late');
  const [answered] = await sql`SELECT result FROM registry.municipal_copy_answer WHERE request_id = ${late}`;
  assert.equal(answered?.['result'], 'request-expired');
  const inTime = await ask();
  await country.settle();
  country.clock.advance(5 * 60_000);
  assert.equal(await stateOf(inTime), 'over');
  assert.equal(codeOf(await take(inTime)), 'copy-over');
  const before = (await ledgerEntries(sql)).length;
  assert.equal(codeOf(await take('aaaaaaaaaaaaaaaaaaaaaaaaaa')), 'request-unknown');
  assert.equal((await ledgerEntries(sql)).length, before);
});
