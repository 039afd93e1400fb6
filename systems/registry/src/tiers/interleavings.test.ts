/**
 * Notices of several municipalities travel on links of their own, so that a site may hear of them in any order that keeps
 * each link's own. Whatever the order, every site ends with the person's last residence.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import type { AddressedMessage, Handler, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { registryTopics } from '../receivers.ts';
import { changesAbove, heldAbove, superuserOf } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, scramble, type TestCountry, testCountry } from '../testing/index.ts';
import { anotherCode, noticeWith } from '../testing/samples.ts';

const CHIYODA = '131016';
const YOKOHAMA = '141003';
const MUNICIPALITIES = [KIYOSE, CHIYODA, KAMAKURA, YOKOHAMA] as const;

interface Stay {
  readonly municipality: string;
  /** What happens during the stay, each some days after the one before. */
  readonly changes: readonly {
    readonly reason: 'move-within' | 'minor-correction' | 'number-assigned';
    readonly days: number;
  }[];
  readonly days: number;
  /** The number comes when the person has left. */
  readonly hasLateNumber: boolean;
}

interface Life {
  readonly isBornHere: boolean;
  readonly stays: readonly Stay[];
  readonly end: 'resident' | 'moved-out' | 'deceased';
}

const lives: fc.Arbitrary<Life> = fc.record({
  isBornHere: fc.boolean(),
  stays: fc.array(
    fc.record({
      municipality: fc.constantFrom(...MUNICIPALITIES),
      changes: fc.array(
        fc.record({
          reason: fc.constantFrom(
            'move-within' as const,
            'minor-correction' as const,
            'number-assigned' as const,
          ),
          days: fc.nat(2),
        }),
        { maxLength: 2 },
      ),
      days: fc.nat(3),
      hasLateNumber: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  end: fc.constantFrom('resident', 'moved-out', 'deceased'),
});

/** The notices of a life in the order in which things happened, each naming its stay. */
function noticesOf(life: Life, residentCode: string): readonly { stay: number; notice: IdentityChanged }[] {
  const sequences = new Map<string, number>();
  const notices: { stay: number; notice: IdentityChanged }[] = [];
  let day = '2026-01-01';
  const birthDate = life.isBornHere ? day : '1990-05-06';
  life.stays.forEach(({ municipality, changes, days, hasLateNumber }, stay) => {
    const add = (
      reason: IdentityChanged['reason'],
      eventDate: string,
      status: IdentityChanged['status'],
    ): void => {
      const sequence = (sequences.get(municipality) ?? 0) + 1;
      sequences.set(municipality, sequence);
      const address = `${municipality} ${stay} ${sequence}`;
      const notice = { residentCode, municipality, sequence, reason, eventDate, status, birthDate, address };
      notices.push({ stay, notice: noticeWith(notice) });
    };
    add(stay === 0 && life.isBornHere ? 'birth' : 'move-in', day, 'resident');
    for (const change of changes) {
      day = addDays(day, change.days);
      add(change.reason, day, 'resident');
    }
    const isLast = stay === life.stays.length - 1;
    day = addDays(day, days);
    if (isLast && life.end === 'resident') return;
    if (isLast && life.end === 'deceased') return add('death', day, 'deceased');
    add('move-out', day, 'moved-out');
    if (hasLateNumber) add('number-assigned', addDays(day, 30), 'moved-out');
    day = addDays(day, 1); // two residences never begin on one day
  });
  return notices;
}

const prefectureOf = (municipality: string): string => municipality.slice(0, 2);

/** Links as queues in memory; a delivery is the registry's own handler in a transaction of the receiving site. */
class Queues {
  readonly #country: TestCountry;
  readonly #queues = new Map<string, ReceivedMessage[]>();
  #seq = 0;

  constructor(country: TestCountry) {
    this.#country = country;
  }

  put({ link, follows: _none, ...message }: AddressedMessage): void {
    const queue = this.#queues.get(link) ?? [];
    this.#queues.set(link, queue);
    queue.push({ ...message, seq: ++this.#seq, previous: 0 });
  }

  get busy(): readonly string[] {
    return [...this.#queues].filter(([, queue]) => queue.length > 0).map(([link]) => link);
  }

  async deliver(link: string, count: number): Promise<void> {
    const { context, clock } = this.#country;
    const messages = this.#queues.get(link)?.splice(0, count) ?? [];
    const [from = '', to = ''] = link.replace(/:registry$/, '').split('>');
    const sent: AddressedMessage[] = [];
    // two topics travel together; the handlers of either do not look at the other
    const topics = registryTopics(context, scramble);
    const handler: Handler = async (tx, place, some) => {
      const answers: (Failure | undefined)[] = [];
      for (const message of some)
        answers.push(...((await topics[message.topic]?.(tx, place, [message])) ?? []));
      return answers;
    };
    const failures = await inTransaction(context.sql, { site: to }, (tx) =>
      handler(tx, { link, from, to, clock, send: (more) => void sent.push(...more) }, messages),
    );
    assert.deepEqual(
      failures.filter((failure) => failure !== undefined),
      [],
      'a notice of a life without fault is parked',
    );
    for (const message of sent) this.put(message);
  }
}

/** What a tier is to hold of each person, by resident code: the last notice of the last residence that it hears of. */
function expectedAt(tier: string | null, persons: readonly Person[]): Readonly<Record<string, unknown>> {
  const expected: Record<string, unknown> = {};
  for (const { residentCode, notices } of persons) {
    const heard = notices.filter(({ notice }) => tier === null || prefectureOf(notice.municipality) === tier);
    if (heard.length === 0) continue;
    const lastStay = Math.max(...heard.map(({ stay }) => stay));
    expected[residentCode] = {
      held: heard.filter(({ stay }) => stay === lastStay).at(-1)?.notice,
      changes: heard.map(({ notice }) => `${notice.municipality} ${notice.sequence}`).toSorted(),
    };
  }
  return expected;
}

interface Person {
  readonly residentCode: string;
  readonly notices: ReturnType<typeof noticesOf>;
}

async function foundAt(
  sql: Sql,
  tier: string | null,
  persons: readonly Person[],
): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const { residentCode } of persons) {
    const held = await heldAbove(sql, tier, residentCode);
    const changes = await changesAbove(sql, tier, residentCode);
    if (held || changes.length > 0)
      found[residentCode] = {
        held: held && { ...held, residentCode },
        changes: changes.map((change) => change.split(' ', 2).join(' ')),
      };
  }
  return found;
}

const schedules = fc.array(fc.record({ link: fc.nat(99), count: fc.integer({ min: 1, max: 6 }) }), {
  minLength: 40,
  maxLength: 40,
});

test('every site ends with the last residence, whatever overtakes what on the links', async (t) => {
  const country = await testCountry(t, { municipalities: MUNICIPALITIES });
  const sql = superuserOf(t, country.database);
  const property = fc.asyncProperty(
    fc.array(lives, { minLength: 4, maxLength: 8 }),
    schedules,
    async (someLives, schedule) => {
      const persons = someLives.map((life) => {
        const residentCode = anotherCode();
        return { residentCode, notices: noticesOf(life, residentCode) };
      });
      const queues = new Queues(country);
      for (const { residentCode, notices } of persons)
        for (const { notice: body } of notices) {
          const link = `municipal/${body.municipality}>prefectural/${prefectureOf(body.municipality)}:registry`;
          queues.put({ link, subject: residentCode, topic: IDENTITY_CHANGED, body });
        }
      for (let nth = 0; queues.busy.length > 0; nth++) {
        const { link, count } = schedule[nth % schedule.length] ?? { link: 0, count: 1 };
        await queues.deliver(queues.busy[link % queues.busy.length] ?? '', count);
      }
      for (const tier of [null, '13', '14'])
        assert.deepEqual(await foundAt(sql, tier, persons), expectedAt(tier, persons), `tier ${tier}`);
    },
  );
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
});
