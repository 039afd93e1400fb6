/** The protocol of the virtual reader, with the test as the reader: `vpcd` and pcscd themselves are in apps/cli’s tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import { deviceKeyFileOf } from '../device-key.ts';
import { serveCard } from '../serve-card.ts';
import { SoftwareCard } from '../software-card.ts';
import { cardOnTrial } from '../testing/card-on-trial.ts';

const ATR = '3be000ff8131fe4514';

class TestReader {
  readonly server: Server;
  #socket: Socket | undefined;
  #said = Buffer.alloc(0);

  constructor(t: TestContext) {
    this.server = createServer();
    t.after(() => {
      this.#socket?.destroy();
      this.server.close();
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async card(): Promise<void> {
    [this.#socket] = (await once(this.server, 'connection')) as [Socket];
    this.#said = Buffer.alloc(0);
  }

  /** Takes no answer any more. */
  stall(): void {
    this.#socket?.pause().on('error', () => undefined); // the card goes with much unread
  }

  drop(): void {
    this.#socket?.destroy();
  }

  send(...messages: readonly string[]): void {
    for (const message of messages) {
      const octets = Buffer.from(message, 'hex');
      this.#socket?.write(Buffer.concat([Buffer.of(octets.length >> 8, octets.length & 0xff), octets]));
    }
  }

  /** Octet by octet, as a network may. */
  async sendSlowly(message: string): Promise<void> {
    const octets = Buffer.from(message, 'hex');
    for (const octet of [octets.length >> 8, octets.length & 0xff, ...octets]) {
      this.#socket?.write(Buffer.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async answer(): Promise<string> {
    const socket = this.#socket;
    assert.ok(socket);
    while (this.#said.length < 2 || this.#said.length < 2 + this.#said.readUInt16BE(0)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      this.#said = Buffer.concat([this.#said, chunk]);
    }
    const end = 2 + this.#said.readUInt16BE(0);
    const message = this.#said.toString('hex', 2, end);
    this.#said = this.#said.subarray(end);
    return message;
  }

  async ask(message: string): Promise<string> {
    this.send(message);
    return this.answer();
  }
}

const SELECT = '00a4040c0ad392f000260100000001';

test('a card in a reader: ATR, reset, commands, a reader that goes and comes back, a disk that fails', async (t) => {
  const { card, file, deviceKey } = await cardOnTrial(t, ['authentication']);
  mustSucceed(await card.setPin('authentication', '1234'), 'the PIN');
  writeFileSync(deviceKeyFileOf(file), deviceKey);
  const reader = new TestReader(t);
  const port = await reader.listen();
  const out = new AbortController();
  t.after(() => out.abort());
  const states: string[] = [];
  const troubles: unknown[] = [];
  const served = serveCard(
    file,
    { host: '127.0.0.1', port },
    {
      signal: out.signal,
      onState: (state) => states.push(state),
      onTrouble: (error) => troubles.push(error),
    },
  );
  await reader.card();
  reader.send('00', '01');
  assert.equal(await reader.ask('04'), ATR);
  assert.equal(await reader.ask(SELECT), '9000');
  await reader.sendSlowly('00a4020c020018');
  assert.equal(await reader.answer(), '9000');
  reader.send('00200080', '002000800430303030', '00200080');
  assert.deepEqual(
    [await reader.answer(), await reader.answer(), await reader.answer()],
    ['63c3', '63c2', '63c2'],
  );
  reader.send('02');
  assert.equal(await reader.ask('00200080'), '6986', 'a reset forgets what was selected');

  const busy = await new SoftwareCard({ path: file, deviceKey, lockWaitMs: 20 }).status();
  assert.equal(!busy.ok && busy.failure.code, 'card-busy', 'it is in the reader');

  reader.drop();
  await reader.card();
  assert.equal(await reader.ask(''), '6700');
  assert.equal(await reader.ask(SELECT), '9000');
  assert.equal(await reader.ask('00a4020c020018'), '9000');
  mkdirSync(`${file}.new`); // the place of every save is taken
  assert.equal(await reader.ask('002000800431323334'), '6581');
  assert.equal(troubles.length, 1);
  assert.equal(await reader.ask('00200080'), '6986');

  assert.deepEqual(states, ['inserted', 'reader-away', 'inserted']);
  reader.stall();
  reader.send(...Array.from({ length: 20_000 }, () => '0084000000'));
  await pause(200);
  out.abort();
  assert.ok((await served).ok, 'a reader that takes no answer keeps nobody');
  const status = mustSucceed(await card.status(), 'free again');
  assert.deepEqual(status.keys, [{ kind: 'authentication', hasCertificate: false, triesLeft: 2 }]);
});

test('what is no card is not served', async (t) => {
  const { card, file, deviceKey } = await cardOnTrial(t, []);
  mustSucceed(await card.status(), 'a card');
  const serve = async (path: string): Promise<string> => {
    const options = { signal: AbortSignal.abort(), onTrouble: () => undefined };
    const served = await serveCard(path, { host: '127.0.0.1', port: 1 }, options);
    return served.ok ? 'ok' : served.failure.code;
  };
  assert.equal(await serve(file), 'card-absent', 'without its device key');
  writeFileSync(deviceKeyFileOf(file), deviceKey.toReversed());
  assert.equal(await serve(file), 'card-damaged');
  writeFileSync(deviceKeyFileOf(file), deviceKey);
  assert.equal(await serve(file), 'ok');
});
