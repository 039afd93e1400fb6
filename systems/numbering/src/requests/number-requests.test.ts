/** Requests, waits and changes of numbers over real links between two municipalities and the tiers: docs/flows/numbering.md. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import {
  type CounterEvent,
  INDIVIDUAL_NUMBER_ASSIGNED,
  recordEvent,
  residentCodeOf,
  type SealedNumber,
} from '@ishizue/registry';
import {
  KAMAKURA,
  KIYOSE,
  samplePerson,
  sealed,
  testAccess,
  testNumberCipher,
} from '@ishizue/registry/testing';
import {
  type NumberingCountry,
  numberingCountry,
  storedNumbers,
  whileHeld,
} from '../testing/numbering-country.ts';
import { listNumberRequests, numberingStatistics, refuseNumberRequest } from './centre-requests.ts';
import {
  listNumberOrders,
  type MunicipalNumberRequest,
  type NumberDesk,
  type NumberOrder,
  orderNumber,
} from './municipal-requests.ts';
import { reviewWaiting } from './review-waiting.ts';

const EVIDENCE = '通知書の写しが別人に渡り、なりすましの申込みがあった。届出書のとおり。';
const TO_KIYOSE = 'national>municipal/132217:registry';

interface Office extends NumberingCountry {
  readonly desk: NumberDesk;
  enter(municipality?: string, code?: string, number?: SealedNumber | null): Promise<string>;
  record(event: CounterEvent, municipality?: string): Promise<void>;
  order(requestId: string, residentCode: string, more?: Partial<NumberOrder>): Promise<string>;
  /** The person's number at every site. */
  numbers(residentCode: string): Promise<readonly string[]>;
  /** The requests of the centre. */
  requests(residentCode: string): Promise<readonly string[]>;
  orders(): Promise<readonly string[]>;
  tickets(): Promise<readonly string[]>;
}

let people = 0;
let requests = 0;

const moveIn = (residentCode: string, individualNumber: SealedNumber | null = null): CounterEvent => ({
  reason: 'move-in',
  residentCode,
  individualNumber,
  eventDate: '2026-11-10',
  details: {
    ...samplePerson,
    domicile: null,
    familyRegisterHead: null,
  },
  address: { wardCode: null, postalCode: '2040003', town: '中里五丁目', lot: '842番地', building: null },
  previousAddress: '大阪府',
});

async function office(t: TestContext): Promise<Office> {
  const house = await numberingCountry(t);
  const { country, superuser, numbering } = house;
  const { clock, pseudonyms } = country;
  const wake = (): void => country.wake();
  const desk: NumberDesk = { sql: numbering, clock, pseudonyms, wake, registry: country.context };
  const record: Office['record'] = async (event, municipality = KIYOSE) => {
    const id = `request-${++requests}`;
    mustSucceed(await recordEvent(country.context, municipality, testAccess, id, event), event.reason);
  };
  return {
    ...house,
    desk,
    record,
    enter: async (
      municipality = KIYOSE,
      code = residentCodeOf(String(6_700_000_000 + ++people)),
      number = null,
    ) => {
      await record(moveIn(code, number), municipality);
      await country.settle();
      return code;
    },
    order: async (requestId, residentCode, more = {}) => {
      const order = {
        kind: 'replacement',
        requestId,
        residentCode,
        basis: 'on-request',
        evidence: EVIDENCE,
        ...more,
      };
      const asked = await orderNumber(desk, KIYOSE, testAccess, order as NumberOrder);
      await country.settle();
      return asked.ok ? asked.value.state : asked.failure.code;
    },
    numbers: async (residentCode) => {
      const rows = await superuser<{ site: string; number: SealedNumber | null }[]>`
        SELECT municipality_code AS site, individual_number AS number FROM registry.municipal_resident
        WHERE resident_code = ${residentCode}
        UNION ALL SELECT 'prefecture ' || prefecture_code, individual_number FROM registry.prefectural_person
        WHERE resident_code = ${residentCode}
        UNION ALL SELECT 'nation', individual_number FROM registry.national_person
        WHERE resident_code = ${residentCode} ORDER BY 1`;
      return rows.map(
        ({ site, number }) => `${site} ${number === null ? null : testNumberCipher.open(number)}`,
      );
    },
    requests: async (residentCode) => {
      const rows = await superuser`
        SELECT municipality_code, kind, state, cause FROM numbering.number_request
        WHERE resident_code = ${residentCode} ORDER BY asked_at, kind, municipality_code, request_id`;
      return rows.map((row) =>
        Object.values(row)
          .filter((value) => value !== null)
          .join(' '),
      );
    },
    orders: async () =>
      (await listNumberOrders(desk, KIYOSE, testAccess)).map(
        ({ requestId, state, cause }: MunicipalNumberRequest) =>
          `${requestId} ${state}${cause ? ` ${cause}` : ''}`,
      ),
    tickets: async () =>
      (await openTickets(country.database.pool('link'), 100)).map(({ link, code }) => `${link} ${code}`),
  };
}

/** All derivations of a code, the first first. */
async function derivations({ numbering }: Office, code: string): Promise<readonly string[]> {
  const lines = await storedNumbers(numbering);
  return lines.flatMap((line) => (line.startsWith(code) ? [line.split(' ')[1] ?? ''] : []));
}

test('a number is changed at all sites, the old one is retired for ever, and both ends know how the request stands', async (t) => {
  const house = await office(t);
  const code = await house.enter();
  assert.deepEqual(await house.requests(code), ['132217 first recorded']);
  assert.equal(await house.order('change-0001', code), 'asked');
  const [first, second, ...more] = await derivations(house, code);
  assert.deepEqual(more, []);
  assert.notEqual(second, first);
  assert.deepEqual(await house.numbers(code), [
    `132217 ${second}`,
    `nation ${second}`,
    `prefecture 13 ${second}`,
  ]);
  assert.deepEqual(await house.requests(code), ['132217 first recorded', '132217 replacement recorded']);
  assert.deepEqual(await house.orders(), ['change-0001 recorded']);
  const [retired] =
    await house.superuser`SELECT individual_number AS number FROM registry.national_retired_number`;
  assert.equal(retired?.['number'], sealed(first ?? ''));
  const events = await house.superuser`
    SELECT reason FROM registry.national_change WHERE resident_code = ${code} ORDER BY position`;
  assert.deepEqual(
    events.map(({ reason }) => reason),
    ['move-in', 'number-assigned', 'number-changed'],
  );
  // a notice of the new number is queued; the old number's will never be printed
  const notices = await house.superuser`SELECT attempt, state FROM numbering.number_notice ORDER BY attempt`;
  assert.deepEqual(
    notices.map(({ attempt, state }) => `${attempt} ${state}`),
    ['0 withdrawn', '1 queued'],
  );
  // once more, and whoever asks for the first number gets the present one
  assert.equal(await house.order('change-0002', code), 'asked');
  assert.equal(
    await house.order('again-00001', code, {
      kind: 'first',
      basis: undefined,
      evidence: undefined,
    } as object),
    'asked',
  );
  const all = await derivations(house, code);
  assert.equal(new Set(all).size, 3);
  assert.deepEqual([...new Set((await house.numbers(code)).map((line) => line.split(' ').at(-1)))], [all[2]]);
  assert.deepEqual(await house.tickets(), []);
  const statistics = await numberingStatistics({ sql: house.numbering });
  assert.deepEqual([statistics.numbers, statistics.replaced, statistics.waitingSince], [3, 2, null]);
});

test('the centre is told id, code and kind; what the change rests on stays at the municipality', async (t) => {
  const house = await office(t);
  const code = await house.enter();
  const link = 'municipal/132217>national:numbering';
  await whileHeld(house, link, async () => {
    const order: NumberOrder = {
      kind: 'replacement',
      requestId: 'change-0001',
      residentCode: code,
      basis: 'ex-officio',
      evidence: EVIDENCE,
    };
    mustSucceed(await orderNumber(house.desk, KIYOSE, testAccess, order), 'the order');
    const sent = await house.superuser`
      SELECT o.body FROM link.outbox o JOIN link.link l ON l.id = o.link_id WHERE l.name = ${link}`;
    const told = { requestId: 'change-0001', residentCode: code, kind: 'replacement' };
    assert.deepEqual(
      sent.map(({ body }) => JSON.parse(body)),
      [told],
    );
  });
  await house.country.settle();
  const [kept] = await inTransaction(
    house.numbering,
    { site: 'municipal/132217' },
    (tx) => tx`SELECT basis, evidence, asked_by FROM numbering.municipal_number_request`,
  );
  assert.deepEqual({ ...kept }, { basis: 'ex-officio', evidence: EVIDENCE, asked_by: 'o-test' });
  for (const site of ['national', 'municipal/142042', 'prefectural/13']) {
    const seen = await inTransaction(
      house.numbering,
      { site },
      (tx) => tx`SELECT 1 FROM numbering.municipal_number_request`,
    );
    assert.equal(seen.length, 0, site);
  }
});

test('the same request is made once; its id with other content is refused at both ends', async (t) => {
  const house = await office(t);
  const [code, other] = [await house.enter(), await house.enter()];
  assert.equal(await house.order('change-0001', code), 'asked');
  assert.equal(await house.order('change-0001', code), 'recorded');
  assert.equal(await house.order('change-0001', other), 'request-id-reused');
  assert.equal(await house.order('change-0001', code, { basis: 'ex-officio' }), 'request-id-reused');
  assert.equal((await derivations(house, code)).length, 2);
  // a municipality whose own book is lost sends it again, and then something else under the id
  const link = 'municipal/132217>national:numbering';
  const send = (residentCode: string) =>
    inTransaction(house.numbering, { site: 'municipal/132217' }, (tx) =>
      sendAll(tx, [
        {
          link,
          subject: residentCode,
          topic: 'number-request',
          body: { requestId: 'change-0001', residentCode, kind: 'replacement' },
        },
      ]),
    );
  await send(code);
  await send(other);
  house.country.wake();
  await house.country.settle();
  assert.deepEqual(await house.tickets(), [`${link} request-id-reused`]);
  assert.equal((await derivations(house, code)).length, 2);
  assert.equal((await derivations(house, other)).length, 1);
});

test('hostile requests are parked or refused, and nothing changes', async (t) => {
  const house = await office(t);
  const code = await house.enter();
  const link = 'municipal/132217>national:numbering';
  const body = { requestId: 'change-0001', residentCode: code, kind: 'replacement' };
  const bad: readonly object[] = [
    { ...body, requestId: 'short' },
    { ...body, requestId: 'resident-recorded-1' },
    { ...body, kind: 'third' },
    { ...body, evidence: 'x' },
    { ...body, residentCode: '24727059600' },
  ];
  await inTransaction(house.numbering, { site: 'municipal/132217' }, (tx) =>
    sendAll(
      tx,
      bad.map((one, index) => ({ link, subject: `s ${index}`, topic: 'number-request', body: one })),
    ),
  );
  house.country.wake();
  await house.country.settle();
  const parked = (await house.tickets()).map((ticket) => ticket.split(' ')[1] ?? '');
  assert.deepEqual(parked.toSorted(), [
    'number-request-invalid',
    'number-request-invalid',
    'number-request-invalid',
    'number-request-invalid',
    'resident-code-check-digit',
  ]);
  assert.equal(await house.order('change-0002', '24727059600'), 'resident-code-check-digit');
  assert.equal(await house.order('change-0003', residentCodeOf('6799999999')), 'resident-not-found');
  assert.equal((await derivations(house, code)).length, 1);
  // somebody else's resident: the centre looks at the national register, not at what the municipality believes
  const elsewhere = await house.enter(KAMAKURA);
  await inTransaction(house.numbering, { site: 'municipal/132217' }, (tx) =>
    sendAll(tx, [
      { link, subject: elsewhere, topic: 'number-request', body: { ...body, residentCode: elsewhere } },
    ]),
  );
  house.country.wake();
  await house.country.settle();
  assert.deepEqual(await house.requests(elsewhere), [
    '142042 first recorded',
    '132217 replacement refused not-a-resident',
  ]);
  assert.equal((await derivations(house, elsewhere)).length, 1);
});

test('nobody in a residence conflict is given a number, neither the first nor another; settled, they are', async (t) => {
  const house = await office(t);
  const code = await house.enter(KAMAKURA);
  const [number] = await derivations(house, code);
  // Kiyose enters the code of somebody who lives in Kamakura
  await house.enter(KIYOSE, code);
  // asked before the entry was heard, or behind it
  const [waiting = ''] = await house.requests(code);
  assert.match(waiting, /^132217 first asked (entry-not-heard|residence-conflict)$/);
  assert.ok((await house.numbers(code)).includes('132217 null'));
  await house.order('change-0001', code);
  assert.deepEqual(await house.orders(), ['change-0001 asked residence-conflict']);
  assert.equal((await derivations(house, code)).length, 1);
  // the old municipality records the move-out: the entry comes in, and the number with it
  await house.record(
    { reason: 'move-out', residentCode: code, eventDate: '2026-11-10', destination: '清瀬市' },
    KAMAKURA,
  );
  await house.country.settle();
  assert.deepEqual(await house.numbers(code), [
    `132217 ${number}`,
    `142042 ${number}`,
    `nation ${number}`,
    `prefecture 13 ${number}`,
    `prefecture 14 ${number}`,
  ]);
  assert.deepEqual(await house.orders(), ['change-0001 asked residence-conflict']);
  assert.equal(
    await reviewWaiting({ ...house.context, wake: house.desk.wake }),
    0,
    'not tried again at once',
  );
  house.country.clock.advance(11 * 60_000);
  assert.equal(await reviewWaiting({ ...house.context, wake: house.desk.wake }), 1);
  await house.country.settle();
  assert.deepEqual(await house.orders(), ['change-0001 recorded']);
  const [, changed] = await derivations(house, code);
  assert.ok((await house.numbers(code)).includes(`nation ${changed}`));
  assert.deepEqual(await house.tickets(), []);
});

test('an entry under another’s code that is undone leaves no number in the record; its request is ended by an officer', async (t) => {
  const house = await office(t);
  const code = await house.enter(KAMAKURA);
  await house.enter(KIYOSE, code);
  await house.record({
    reason: 'undo',
    residentCode: code,
    eventDate: '2026-11-20',
    undoes: 1,
    basis: '誤記載',
  });
  await house.country.settle();
  assert.ok((await house.numbers(code)).includes('132217 null'));
  const centre = { ...house.context, wake: house.desk.wake };
  const search = { state: 'asked', municipality: KIYOSE, kind: null } as const;
  const [waiting] = await listNumberRequests(centre, testAccess, search);
  assert.equal(waiting?.residentCode, code);
  const id = waiting?.requestId ?? '';
  assert.ok((await refuseNumberRequest(centre, testAccess, KIYOSE, id)).ok);
  const twice = await refuseNumberRequest(centre, testAccess, KIYOSE, id);
  assert.equal(twice.ok ? '' : twice.failure.code, 'number-request-decided');
  const never = await refuseNumberRequest(centre, testAccess, KIYOSE, 'never-asked');
  assert.equal(never.ok ? '' : never.failure.code, 'number-request-unknown');
  assert.deepEqual((await house.requests(code))[0], '132217 first refused refused-by-officer');
});

test('who moves on while the number is changed brings the old one, and is given the new one there', async (t) => {
  const house = await office(t);
  const code = await house.enter();
  const [old = ''] = await derivations(house, code);
  await whileHeld(house, TO_KIYOSE, async () => {
    const order = {
      kind: 'replacement',
      requestId: 'change-0001',
      residentCode: code,
      basis: 'on-request',
      evidence: EVIDENCE,
    } as const;
    mustSucceed(await orderNumber(house.desk, KIYOSE, testAccess, order), 'the order');
    // made, and on its way to the municipality that the person leaves
    for (let tries = 0; (await derivations(house, code)).length < 2; tries++) {
      if (tries > 400) throw new Error('no number was made');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await house.record({
      reason: 'move-out',
      residentCode: code,
      eventDate: '2026-11-15',
      destination: '鎌倉市',
    });
    await house.record({ ...moveIn(code, sealed(old)), eventDate: '2026-11-16' }, KAMAKURA);
  });
  await house.country.settle();
  const [, changed] = await derivations(house, code);
  assert.deepEqual(await house.numbers(code), [
    `132217 ${changed}`,
    `142042 ${changed}`,
    `nation ${changed}`,
    `prefecture 13 ${changed}`,
    `prefecture 14 ${changed}`,
  ]);
  assert.deepEqual(await house.tickets(), []);
});

test('a change for a record that has yet another number is parked, and so is one without the number that it replaces', async (t) => {
  const house = await office(t);
  const code = await house.enter();
  const before = await house.numbers(code);
  const send = (subject: string, topic: string, body: object) =>
    inTransaction(house.country.context.sql, { site: 'national' }, (tx) =>
      sendAll(tx, [{ link: TO_KIYOSE, subject, topic, body }]),
    );
  await send('x', 'individual-number-changed', {
    residentCode: code,
    individualNumber: sealed('123456789018'),
  });
  await send(code, 'individual-number-changed', {
    residentCode: code,
    individualNumber: sealed('123456789018'),
    replaces: sealed('983205673214'),
  });
  await send('y', INDIVIDUAL_NUMBER_ASSIGNED, {
    residentCode: code,
    individualNumber: sealed('123456789018'),
    replaces: '1',
  });
  house.country.wake();
  await house.country.settle();
  assert.deepEqual(await house.tickets(), [
    `${TO_KIYOSE} number-body-invalid`,
    `${TO_KIYOSE} number-differs`,
    `${TO_KIYOSE} number-body-invalid`,
  ]);
  assert.deepEqual(await house.numbers(code), before);
});

test('nobody but the centre retires a number or says that one is recorded elsewhere', async (t) => {
  const house = await office(t);
  const code = await house.enter();
  const [number = ''] = await derivations(house, code);
  const from = (municipality: string, system: string, topic: string, body: object) =>
    inTransaction(house.country.context.sql, { site: `municipal/${municipality}` }, (tx) =>
      sendAll(tx, [{ link: `municipal/${municipality}>national:${system}`, subject: topic, topic, body }]),
    );
  await from(KIYOSE, 'registry', 'individual-number-retired', {
    residentCode: code,
    individualNumber: sealed(number),
  });
  // Kamakura speaks of a request that is Kiyose's: there is none of its own, and nothing moves
  await from(KAMAKURA, 'numbering', 'individual-number-recorded', {
    residentCode: code,
    change: 'number-assigned',
    wasThere: true,
  });
  await from(KAMAKURA, 'numbering', 'individual-number-recorded', { residentCode: code });
  house.country.wake();
  await house.country.settle();
  assert.deepEqual((await house.tickets()).toSorted(), [
    'municipal/132217>national:registry sender-not-centre',
    'municipal/142042>national:numbering number-receipt-invalid',
  ]);
  const retired = await house.superuser`SELECT 1 FROM registry.national_retired_number`;
  assert.equal(retired.length, 0);
  assert.deepEqual(await house.requests(code), ['132217 first recorded']);
});
