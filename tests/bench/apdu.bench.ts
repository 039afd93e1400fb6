/**
 * `apdu`: commands a second that one chip answers in process: reading a certificate in pieces (SELECT and READ BINARY), and
 * signing a hash after the PIN was shown. The limit of reading is a table of prepared answers, that of signing what one
 * process of OpenSSL signs with RSA-2048: the one operation that no signature can do without.
 */
import { generateKeyPairSync, hash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { CardFile, Chip, paperRecord } from '@ishizue/card/testing';
import type { Benchmark } from './benchmark.ts';
import { alternate, rate } from './measure.ts';
import { opensslSignatures } from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const READINGS_IN_ROUND = 10_000;
const SIGNATURES_IN_ROUND = 2_000;
const OPENSSL_SECONDS = 3;
const PIN = Buffer.from('1234');

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const SELECT = hex('00a4040c0ad392f000260100000001');
const READING = [hex('00a4020c02000a'), ...[0, 1, 2, 3, 4, 5].map((page) => Buffer.of(0, 0xb0, page, 0, 0))];

/** A chip with a key that works, whose PIN was set and shown. */
async function openedChip(folder: string): Promise<Chip> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const paper = paperRecord();
  const slot = paper.keys.authentication;
  if (!slot) throw new Error('a card without a key');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  const keys = { ...paper.keys, authentication: { ...slot, privateKey: der, pin: null } };
  const chip = new Chip(new CardFile(path.join(folder, 'bench.card'), randomBytes(32)), { ...paper, keys });
  for (const command of [
    SELECT,
    hex('00a4020c020018'),
    Buffer.concat([hex('0024018004'), PIN]),
    Buffer.concat([hex('0020008004'), PIN]),
  ])
    await mustAnswer(chip, command);
  return chip;
}

async function mustAnswer(chip: Chip, command: Buffer): Promise<void> {
  const answer = await chip.transmit(command);
  if (answer.readUInt16BE(answer.length - 2) !== 0x9000)
    throw new Error(`${command.toString('hex')}: ${answer.toString('hex')}`);
}

export const benchmark: Benchmark = async (place) => {
  const chip = await openedChip(place.folder);
  place.say('reading');
  const reading = await alternate(
    ROUNDS,
    () =>
      rate(READINGS_IN_ROUND * READING.length, async () => {
        for (let n = 0; n < READINGS_IN_ROUND; n++)
          for (const command of READING) await mustAnswer(chip, command);
      }),
    () => preparedAnswers(),
  );
  place.say('signing');
  const signing = await alternate(
    ROUNDS,
    () =>
      rate(SIGNATURES_IN_ROUND, async () => {
        for (let n = 0; n < SIGNATURES_IN_ROUND; n++) {
          const digest = hash('sha256', String(n), 'buffer');
          await mustAnswer(chip, Buffer.concat([hex('802a029720'), digest, Buffer.of(0)]));
        }
      }),
    async () => opensslSignatures(OPENSSL_SECONDS, 'rsa2048', 1),
  );
  const shared = { peakMiB: peakMiB(), postgresql: 'not used', unit: '1/s' };
  return [
    {
      ...shared,
      bench: 'apdu reading',
      value: reading.value,
      limit: reading.limit,
      limitName: 'prepared answers from a table',
      note: `SELECT and six READ BINARY of a certificate, one chip; ${reading.rounds}`,
    },
    {
      ...shared,
      bench: 'apdu signing',
      value: signing.value,
      limit: signing.limit,
      limitName: 'openssl speed rsa2048, 1 process',
      note: `RSA-2048 over a given hash, one chip; ${signing.rounds}`,
    },
  ];
};

/** As many answers as the reading gives, each found by its command, and awaited. */
async function preparedAnswers(): Promise<number> {
  const table = new Map(READING.map((command) => [command.toString('latin1'), Buffer.alloc(258)]));
  let octets = 0;
  const answersPerSecond = await rate(READINGS_IN_ROUND * READING.length, async () => {
    for (let n = 0; n < READINGS_IN_ROUND; n++)
      for (const command of READING)
        octets += (await Promise.resolve(table.get(command.toString('latin1'))))?.length ?? 0;
  });
  if (octets === 0) throw new Error('nothing was answered');
  return answersPerSecond;
}
