/** The free area of a chip on paper: what is loaded works as the card’s own applications do, and no owner reaches another’s. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { StaticKeys } from '@ishizue/card-applications';
import { FREE_AREA_AID, HostChannel } from '@ishizue/card-applications/testing';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { PaperChip } from '../../testing/paper-chip.ts';
import { paperRecord } from '../../testing/paper-record.ts';
import { freeBytes } from './loaded-application.ts';

const LIBRARY = 'D392100031C001';
const LICENCE = 'D392100031C002';
const AREA_BYTES = 600;

const keysFor = (label: string): StaticKeys => ({
  enc: createHash('sha256').update(`${label} enc`).digest(),
  mac: createHash('sha256').update(`${label} mac`).digest(),
});

const base64 = ({ enc, mac }: StaticKeys) => ({
  enc: Buffer.from(enc).toString('base64'),
  mac: Buffer.from(mac).toString('base64'),
});

function newChip(): PaperChip {
  return new PaperChip({ ...paperRecord(), freeAreaKeys: base64(keysFor('free area')) });
}

const opened = (chip: PaperChip, aid: string, keys: StaticKeys) =>
  HostChannel.open({ transmit: async (command) => chip.transmit(command) }, aid, keys, Buffer.alloc(8, 3));

const channelTo = async (chip: PaperChip, aid: string, keys: StaticKeys): Promise<HostChannel> =>
  mustSucceed(await opened(chip, aid, keys), 'a channel');

const installOf = (aid: string, areaBytes: number): Buffer => {
  const name = Buffer.from(aid, 'hex');
  const { enc, mac } = keysFor(aid);
  const sizes = Buffer.of(areaBytes >> 8, areaBytes & 0xff, 0, 1, 1);
  return Buffer.concat([Buffer.of(name.length), name, sizes, enc, mac]);
};

const command = (ins: number, data: Uint8Array = Buffer.alloc(0), p2 = 0) => ({ ins, p1: 0, p2, data });
const file = (fid: number, rule: number, content: string, offset = 0): Buffer =>
  Buffer.concat([Buffer.of(fid >> 8, fid, rule, offset >> 8, offset), Buffer.from(content)]);

async function installed(...aids: readonly string[]): Promise<PaperChip> {
  const chip = newChip();
  const channel = await channelTo(chip, FREE_AREA_AID, keysFor('free area'));
  for (const aid of aids)
    mustSucceed(await channel.send(command(0xe6, installOf(aid, AREA_BYTES))), `installing ${aid}`);
  return chip;
}

const wordOf = async (channel: HostChannel, ...given: Parameters<typeof command>): Promise<string> => {
  const said = await channel.send(command(...given));
  return said.ok ? 'ok' : said.failure.detail.slice(-4);
};

test('an application is installed, filled, used with its PIN, blocked and deleted', async () => {
  const chip = await installed(LIBRARY);
  const select = `00a4040c07${LIBRARY}`;
  assert.equal(chip.ask(select), '9000');
  assert.equal(chip.ask('00b0810000'), '6a82', 'nothing to read before it may be used');
  const owner = await channelTo(chip, LIBRARY, keysFor(LIBRARY));
  for (const [ins, data, p2] of [
    [0xe2, file(1, 0, 'card of the library')],
    [0xe2, file(2, 1, 'borrowed')],
    [0xe2, file(2, 1, ' and back', 8)],
    [0xe2, file(3, 2, 'of the owner')],
    [0x24, Buffer.from('4711')],
    [0xf0, Buffer.alloc(0), 0x07],
  ] as const)
    assert.equal(await wordOf(owner, ins, data, p2), 'ok');
  assert.equal(
    mustSucceed(await owner.send(command(0xca, Buffer.of(0, 2, 0, 3, 5))), '').toString(),
    'rowed',
  );
  chip.ask(select);
  const text = (answer: string): string => Buffer.from(answer.slice(0, -4), 'hex').toString();
  assert.equal(text(chip.ask('00b0810000')), 'card of the library');
  assert.equal(chip.ask('00b0820000'), '6982');
  assert.equal(chip.ask('00b0830000'), '6982');
  assert.equal(chip.ask('0020009104 34373132'), '63c2');
  assert.equal(chip.ask('0020009104 34373131'), '9000');
  assert.equal(text(chip.ask('00b0820000')), 'borrowed and back');
  assert.equal(chip.ask('00b0830000'), '6982', 'the owner’s own');
  assert.equal(chip.ask('0024019104 30303030'), '9000', 'the holder changes the PIN');
  const again = await channelTo(chip, LIBRARY, keysFor(LIBRARY));
  assert.equal(await wordOf(again, 0xf0, Buffer.alloc(0), 0x83), 'ok');
  chip.ask(select);
  assert.equal(chip.ask('00b0810000'), '6a82', 'blocked');
  const last = await channelTo(chip, LIBRARY, keysFor(LIBRARY));
  assert.equal(await wordOf(last, 0xe4), 'ok');
  assert.equal(chip.ask(select), '6a82');
  assert.deepEqual(chip.record.loaded, []);
});

test('a channel is opened by whoever has the keys, and ends with the first command that is not of it', async () => {
  const chip = await installed(LIBRARY, LICENCE);
  for (const [aid, keys] of [
    [LIBRARY, keysFor(LICENCE)],
    [LIBRARY, keysFor('free area')],
    [FREE_AREA_AID, keysFor(LIBRARY)],
    ['D392F000260100000001', keysFor('free area')],
  ] as const)
    assert.equal((await opened(chip, aid, keys)).ok, false, aid);
  const closed = `00a4040c0a${FREE_AREA_AID}`;
  chip.ask(closed);
  assert.equal(chip.ask('84f2000000'), '6882', 'no channel');
  assert.equal(chip.ask('8482330010'.concat('00'.repeat(16))), '6985', 'no channel is being opened');
  assert.equal(chip.ask(`8050000008${'03'.repeat(8)}`).slice(-4), '9000');
  assert.equal(chip.ask('8482010010'.concat('00'.repeat(16))), '6a86', 'another level');
  assert.equal(chip.ask(`8050000008${'03'.repeat(8)}`).slice(-4), '9000');
  assert.equal(chip.ask('8482330010'.concat('00'.repeat(16))), '6982');
  const channel = await channelTo(chip, FREE_AREA_AID, keysFor('free area'));
  chip.ask(`84f2000008${'00'.repeat(8)}`);
  assert.equal((await channel.send(command(0xf2))).ok, false, 'somebody spoke between');
  const other = await channelTo(chip, FREE_AREA_AID, keysFor('free area'));
  chip.ask(closed);
  assert.equal((await other.send(command(0xf2))).ok, false, 'a SELECT ends it');
  const third = await channelTo(chip, FREE_AREA_AID, keysFor('free area'));
  chip.reset();
  assert.equal((await third.send(command(0xf2))).ok, false, 'as does power off');
  assert.equal(new PaperChip(paperRecord()).ask(`8050000008${'03'.repeat(8)}`).slice(-4), '6a88');
});

test('there is room for what fits, and AIDs are one application’s', async () => {
  const chip = newChip();
  const open = () => channelTo(chip, FREE_AREA_AID, keysFor('free area'));
  assert.equal(await wordOf(await open(), 0xe6, installOf(LIBRARY, 16_385)), '6a84');
  assert.equal(await wordOf(await open(), 0xe6, installOf(LIBRARY, 16_000)), 'ok');
  assert.equal(await wordOf(await open(), 0xe6, installOf(LIBRARY, 1)), '6a89');
  assert.equal(await wordOf(await open(), 0xe6, installOf('D392F000260100000001', 1)), '6a89');
  assert.equal(await wordOf(await open(), 0xe6, installOf(LICENCE, 385)), '6a84');
  assert.equal(await wordOf(await open(), 0xe6, installOf(LICENCE, 0)), '6a80');
  assert.equal(await wordOf(await open(), 0xe6, installOf(LICENCE, 384)), 'ok');
  const status = mustSucceed(await (await open()).send(command(0xf2, Buffer.from(LICENCE, 'hex'))), '');
  assert.equal(status.toString('hex'), '40000000030180000101');
  const owner = await channelTo(chip, LICENCE, keysFor(LICENCE));
  assert.equal(await wordOf(owner, 0xe2, file(1, 0, 'x'.repeat(200))), 'ok');
  assert.equal(await wordOf(owner, 0xe2, file(1, 0, 'x'.repeat(168), 200)), 'ok');
  assert.equal(await wordOf(owner, 0xe2, file(2, 0, 'x')), '6a84', 'its own area is full');
});

test('whatever an owner does over its channel, nothing else of the card changes', async () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc
      .tuple(fc.integer({ min: 0, max: 0x20 }), fc.integer({ min: 0, max: 3 }), fc.string({ maxLength: 60 }))
      .map(([fid, rule, text]) => file(fid, rule, text)),
    fc.constantFrom(Buffer.from(LICENCE, 'hex'), installOf(LICENCE, 10), Buffer.from('1234')),
  );
  const act = fc.record({
    ins: fc.constantFrom(0xe2, 0xca, 0x24, 0xf0, 0xe4, 0xe6, 0xf2, 0xd6, 0x20),
    p1: fc.constantFrom(0, 0, 0, 1),
    p2: fc.constantFrom(0, 0, 0x07, 0x83),
    data,
  });
  const plain = fc.constantFrom(
    `00a4040c07${LICENCE}`,
    `00a4040c07${LIBRARY}`,
    '00a4040c0ad3921000310001010408',
    '00d60000021234',
    '0024019104 30303030',
    '00a4020c020001',
    '80e4000000',
  );
  const seed = await installed(LIBRARY, LICENCE);
  const licence = await channelTo(seed, LICENCE, keysFor(LICENCE));
  await licence.send(command(0xe2, file(1, 1, 'class: ordinary')));
  await licence.send(command(0x24, Buffer.from('1111')));
  await licence.send(command(0xf0, Buffer.alloc(0), 0x07));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(act, plain), { maxLength: 25 }), async (acts) => {
      const chip = new PaperChip(seed.record);
      let channel: HostChannel | undefined;
      for (const one of acts) {
        if (typeof one === 'string') chip.ask(one);
        else {
          if (channel === undefined) {
            const reopened = await opened(chip, LIBRARY, keysFor(LIBRARY));
            if (!reopened.ok) break; // it deleted itself
            channel = reopened.value;
          }
          if (!(await channel.send(one)).ok) channel = undefined;
        }
        const { loaded = [], ...card } = chip.record;
        const { loaded: before = [], ...cardBefore } = seed.record;
        const of = (applications: typeof loaded, aid: string) =>
          applications.find((each) => each.aid === aid);
        assert.deepEqual(of(loaded, LICENCE), of(before, LICENCE), 'the other owner’s area');
        assert.deepEqual(card, cardBefore, 'the card’s own applications');
        const own = of(loaded, LIBRARY);
        assert.equal(freeBytes(chip.record), 16_384 - AREA_BYTES * (own ? 2 : 1));
      }
    }),
    { numRuns: 200 },
  );
});
