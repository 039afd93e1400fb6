import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ReceivedMessage } from './message.ts';
import { planReceipt, type ReceiptState } from './plan-receipt.ts';

const message = (
  seq: number,
  subject: string,
  previous = 0,
  follows?: ReceivedMessage['follows'],
): ReceivedMessage => ({
  ...(follows && { follows }),
  seq,
  subject,
  previous,
  topic: 'note',
  body: null,
});
const seqsOf = (messages: readonly ReceivedMessage[]): number[] => messages.map(({ seq }) => seq);
const nothing: ReceiptState = { receivedThrough: 0, ahead: [], held: [], parkedSubjects: new Set() };

test('messages in order are applied and move the end of what is received', () => {
  const plan = planReceipt(nothing, [message(1, 'a'), message(2, 'b'), message(3, 'a', 1)]);
  assert.deepEqual(seqsOf(plan.apply), [1, 2, 3]);
  assert.deepEqual([plan.receivedThrough, plan.ahead, plan.missing], [3, [], []]);
});

test('a gap holds what comes later for the same subject, and nobody else', () => {
  const plan = planReceipt(nothing, [
    message(3, 'a', 1),
    message(4, 'b'),
    message(5, 'a', 3),
    message(8, 'c'),
  ]);
  assert.deepEqual(seqsOf(plan.apply), [4, 8]);
  assert.deepEqual(
    plan.hold.map(({ message: { seq }, reason }) => [seq, reason]),
    [
      [3, 'gap'],
      [5, 'gap'],
    ],
  );
  assert.deepEqual(plan.missing, [
    [1, 2],
    [6, 7],
  ]);
  assert.equal(plan.receivedThrough, 0);
  const state = { ...nothing, ahead: plan.ahead, held: [message(3, 'a', 1), message(5, 'a', 3)] };
  const filled = planReceipt(state, [message(1, 'a'), message(2, 'b')]);
  assert.deepEqual(seqsOf(filled.apply), [1, 2, 3, 5]);
  assert.deepEqual(filled.released, [3, 5]);
  assert.deepEqual([filled.receivedThrough, filled.ahead, filled.missing], [5, [8], [[6, 7]]]);
});

test('a message whose predecessor is acknowledged meanwhile waits behind what is held for its subject', () => {
  // 9 was held and acknowledged, so the sender names 8, the predecessor that is still missing
  const state = { ...nothing, receivedThrough: 7, ahead: [9], held: [message(9, 'a', 8)] };
  assert.deepEqual(seqsOf(planReceipt(state, [message(12, 'a', 8)]).apply), []);
  assert.deepEqual(seqsOf(planReceipt(state, [message(12, 'a', 9)]).apply), []);
});

test('what follows a parked message is held, even when nothing is missing', () => {
  const state = { ...nothing, receivedThrough: 1, parkedSubjects: new Set(['a']) };
  const plan = planReceipt(state, [message(2, 'a', 1), message(3, 'b')]);
  assert.deepEqual(seqsOf(plan.apply), [3]);
  assert.deepEqual(
    plan.hold.map(({ reason }) => reason),
    ['behind-parked'],
  );
  assert.equal(plan.receivedThrough, 3);
});

test('what is received already is a duplicate', () => {
  const state = { ...nothing, receivedThrough: 2, ahead: [4] };
  const plan = planReceipt(state, [message(1, 'a'), message(2, 'a', 1), message(4, 'b'), message(5, 'b', 4)]);
  assert.deepEqual(plan.duplicates, [1, 2, 4]);
  assert.deepEqual(seqsOf(plan.apply), [5]);
});

test('what follows a second subject waits for a gap there, and what comes behind it waits too', () => {
  const messages = [
    message(2, 'new', 0, { subject: 'old', previous: 1 }),
    message(3, 'new', 2),
    message(4, 'old', 1),
  ];
  const plan = planReceipt(nothing, messages);
  assert.deepEqual(seqsOf(plan.apply), []);
  assert.deepEqual(
    plan.hold.map(({ reason }) => reason),
    ['gap', 'gap', 'gap'],
  );
  const filled = planReceipt({ ...nothing, ahead: plan.ahead, held: messages }, [message(1, 'old')]);
  assert.deepEqual(seqsOf(filled.apply), [1, 2, 3, 4]);
});

test('what follows a parked subject is held behind it; the parked subject’s own followers do not hold it', () => {
  const state = { ...nothing, receivedThrough: 1, parkedSubjects: new Set(['old']) };
  const plan = planReceipt(state, [
    message(2, 'new', 0, { subject: 'old', previous: 1 }),
    message(3, 'new', 2),
    message(4, 'other'),
  ]);
  assert.deepEqual(seqsOf(plan.apply), [4]);
  assert.deepEqual(
    plan.hold.map(({ message: { seq }, reason }) => [seq, reason]),
    [
      [2, 'behind-parked'],
      [3, 'gap'],
    ],
  );
});

/** A sender and a receiver in memory: what is sent, what is acknowledged, and what the plans make of it. */
class Model {
  readonly subjects: readonly string[];
  readonly applied: ReceivedMessage[] = [];
  readonly poison: ReadonlySet<number>;
  readonly follows: readonly (string | null)[];
  state: ReceiptState = nothing;
  held: ReceivedMessage[] = [];
  parked = new Map<string, ReceivedMessage>();

  constructor(subjects: readonly string[], poison: ReadonlySet<number>, follows: readonly (string | null)[]) {
    this.subjects = subjects;
    this.follows = follows;
    this.poison = poison;
  }

  isAcknowledged(seq: number): boolean {
    return seq <= this.state.receivedThrough || this.state.ahead.includes(seq);
  }

  /** A message as it would leave now. */
  messageAt(seq: number): ReceivedMessage {
    const subject = this.subjects[seq - 1] ?? '';
    const second = this.secondOf(seq);
    const follows = second === null ? undefined : { subject: second, previous: this.#before(seq, second) };
    return message(seq, subject, this.#before(seq, subject), follows);
  }

  /** The second subject that a message follows. */
  secondOf(seq: number): string | null {
    const second = this.follows[seq - 1] ?? null;
    return second === this.subjects[seq - 1] ? null : second;
  }

  #before(seq: number, subject: string): number {
    let previous = seq - 1;
    while (previous > 0 && (this.subjects[previous - 1] !== subject || this.isAcknowledged(previous)))
      previous--;
    return previous;
  }

  /** As the database answers: the subjects and all that held messages tie to them. */
  #concerned(messages: readonly ReceivedMessage[]): Set<string> {
    const pairs = [...messages, ...this.held].map(({ subject, follows }) => [
      subject,
      follows?.subject ?? subject,
    ]);
    const concerned = new Set(pairs.slice(0, messages.length).flat());
    for (let size = 0; size < concerned.size; ) {
      size = concerned.size;
      for (const pair of pairs)
        if (pair.some((one) => concerned.has(one))) for (const one of pair) concerned.add(one);
    }
    return concerned;
  }

  receive(messages: readonly ReceivedMessage[]): void {
    const subjects = this.#concerned(messages);
    const parkedSubjects = new Set(this.parked.keys());
    const held = this.held.filter(({ subject }) => subjects.has(subject) && !parkedSubjects.has(subject));
    const plan = planReceipt({ ...this.state, held, parkedSubjects }, messages);
    this.held = this.held.filter(({ seq }) => !plan.released.includes(seq));
    const stopped = new Set(this.parked.keys());
    for (const one of plan.apply) {
      if (one.follows && stopped.has(one.follows.subject)) stopped.add(one.subject);
      if (stopped.has(one.subject)) this.held.push(one);
      else if (this.poison.has(one.seq)) {
        this.parked.set(one.subject, one);
        stopped.add(one.subject);
      } else this.applied.push(one);
    }
    this.held.push(...plan.hold.map((hold) => hold.message));
    this.held.sort((a, b) => a.seq - b.seq);
    this.state = { ...nothing, receivedThrough: plan.receivedThrough, ahead: plan.ahead };
    assert.deepEqual(plan.missing, this.#missingByHand());
  }

  #missingByHand(): [number, number][] {
    const missing: [number, number][] = [];
    for (let seq = 1; seq < (this.state.ahead.at(-1) ?? 0); seq++) {
      if (this.isAcknowledged(seq)) continue;
      const last = missing.at(-1);
      if (last?.[1] === seq - 1) last[1] = seq;
      else missing.push([seq, seq]);
    }
    return missing;
  }
}

const histories = fc.record({
  subjects: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 }),
  // where to cut the next envelope, how long it is, and how long it is on its way
  envelopes: fc.array(
    fc.record({ at: fc.nat(39), length: fc.integer({ min: 1, max: 8 }), late: fc.nat(4) }),
    {
      maxLength: 40,
    },
  ),
  follows: fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { freq: 3 }), { maxLength: 40 }),
  poison: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
});

function runHistory(history: typeof histories extends fc.Arbitrary<infer T> ? T : never): Model {
  const { subjects, envelopes, poison, follows } = history;
  const model = new Model(subjects, new Set(poison), follows);
  const onTheirWay: { due: number; messages: readonly ReceivedMessage[] }[] = [];
  const send = (first: number, length: number, due: number): void => {
    const seqs = Array.from({ length }, (_, index) => first + index).filter((seq) => seq <= subjects.length);
    // made now, arriving later: `previous` may be of the past
    onTheirWay.push({ due, messages: seqs.map((seq) => model.messageAt(seq)) });
  };
  const arrive = (now: number): void => {
    for (const envelope of onTheirWay.filter(({ due }) => due === now)) model.receive(envelope.messages);
  };
  envelopes.forEach(({ at, length, late }, now) => {
    send((at % subjects.length) + 1, length, now + late);
    arrive(now);
  });
  for (let now = envelopes.length; now < envelopes.length + 5; now++) arrive(now);
  model.receive(subjects.map((_, index) => model.messageAt(index + 1)));
  return model;
}

test('whatever is lost, late, repeated or out of order: each message is applied once, each subject in order', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const model = runHistory(history);
      const seqs = seqsOf(model.applied);
      assert.equal(new Set(seqs).size, seqs.length, 'a message was applied twice');
      for (const subject of new Set(history.subjects)) {
        const own = seqsOf(model.applied.filter((one) => one.subject === subject));
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a - b),
          'a subject’s messages were applied out of order',
        );
      }
      model.applied.forEach(({ seq }, place) => {
        const second = model.secondOf(seq);
        for (const later of model.applied.slice(place))
          assert.ok(later.subject !== second || later.seq > seq, 'applied before one that it follows');
      });
      assert.equal(model.state.receivedThrough, history.subjects.length);
      assert.deepEqual(model.state.ahead, []);
      const all = [...seqs, ...seqsOf(model.held), ...seqsOf([...model.parked.values()])].sort(
        (a, b) => a - b,
      );
      assert.deepEqual(
        all,
        history.subjects.map((_, index) => index + 1),
        'a message was lost',
      );
      const stopped = new Set(model.parked.keys());
      for (const held of model.held.toSorted((a, b) => a.seq - b.seq)) {
        const isBehind = stopped.has(held.subject) || (held.follows && stopped.has(held.follows.subject));
        assert.ok(isBehind, 'held behind nothing');
        stopped.add(held.subject);
      }
    }),
    { numRuns: 2000 },
  );
});
