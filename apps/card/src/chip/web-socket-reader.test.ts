/** The card over a WebSocket, with a client that is a program and, where Chromium is there, with pages in a browser. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fail, ok } from '@ishizue/outcome';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { CardFile } from '../card-file.ts';
import { hashPin } from '../pin-hash.ts';
import { paperRecord } from '../testing/paper-record.ts';
import { Chip } from './chip.ts';
import { serveWebSocket, type WebSocketReaderOptions } from './web-socket-reader.ts';

const ORIGIN = 'http://portal.test';
const CHROMIUM = '/usr/bin/chromium';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const SELECT = hex('00a4040c0ad3921000310001010408');
const VERIFY = hex('0020009104 32333435');
const READ = hex('00b0810000');

async function servedCard(
  t: TestContext,
  origins: readonly string[] = [ORIGIN],
  showFace?: WebSocketReaderOptions['showFace'],
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-socket-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const paper = paperRecord();
  const pin = { hash: await hashPin('2345'), triesLeft: 3 };
  const record = { ...paper, pins: { ...paper.pins, 'input-help/0011': pin } };
  const chip = new Chip(new CardFile(path.join(folder, 'a.card'), randomBytes(32)), record);
  const out = new AbortController();
  const listening = Promise.withResolvers<number>();
  const served = serveWebSocket(
    chip,
    { port: 0, origins },
    {
      signal: out.signal,
      onListening: listening.resolve,
      onTrouble: listening.reject,
      ...(showFace && { showFace }),
    },
  );
  t.after(async () => {
    out.abort();
    await served;
  });
  return { url: `ws://127.0.0.1:${await listening.promise}/card`, takeOut: () => out.abort(), served };
}

/** The status of a refusal, or `open`. */
async function knock(url: string, origin?: string): Promise<string> {
  const page = new WebSocket(url, origin === undefined ? {} : { origin });
  return new Promise((resolve) => {
    page.on('unexpected-response', (_, response) => resolve(String(response.statusCode)));
    page.on('error', () => resolve('error'));
    page.on('open', () => {
      page.on('close', () => resolve('open'));
      page.close();
    });
  });
}

async function openPage(
  url: string,
): Promise<{ page: WebSocket; ask: (command: Buffer) => Promise<string> }> {
  const page = new WebSocket(url, { origin: ORIGIN });
  await once(page, 'open');
  const ask = async (command: Buffer): Promise<string> => {
    page.send(command);
    const [answer] = (await once(page, 'message')) as [Buffer];
    return answer.toString('hex');
  };
  return { page, ask };
}

test('whoever connects and says nothing does not keep the card from being taken out', {
  timeout: 10_000,
}, async (t) => {
  const { url, takeOut, served } = await servedCard(t);
  const silent = connect(Number(new URL(url).port), '127.0.0.1');
  await once(silent, 'connect');
  await knock(url, ORIGIN); // by now the server has the silent one too
  takeOut();
  await Promise.all([served, once(silent, 'close')]);
});

test('a page has the card, alone, and leaves no shown PIN behind', async (t) => {
  const { url, takeOut, served } = await servedCard(t);
  const { page, ask } = await openPage(url);
  assert.equal(await ask(Buffer.of(4)), '3be000ff8131fe4514', 'the ATR');
  page.send(Buffer.of(1)); // power on is not answered
  assert.equal(await ask(SELECT), '9000');
  assert.equal(await ask(READ), '6982');
  assert.equal(await ask(VERIFY), '9000');
  assert.match(await ask(READ), /^ff100c.*9000$/);
  assert.equal(await knock(url, ORIGIN), '409', 'a second page');
  page.send(Buffer.of(2));
  assert.equal(await ask(READ), '6986', 'reset');
  assert.equal(await ask(SELECT), '9000');
  assert.equal(await ask(VERIFY), '9000');
  page.close();
  await once(page, 'close');
  let next: string;
  do next = await knock(url, ORIGIN);
  while (next === '409'); // the server’s end closes when it closes
  assert.equal(next, 'open');
  const other = await openPage(url);
  assert.equal(await other.ask(READ), '6986');
  takeOut();
  const [code] = (await once(other.page, 'close')) as [number];
  assert.equal(code, 1001);
  await served;
});

test('a face that a page read comes back as a picture that it can show', async (t) => {
  const asked: string[] = [];
  const { url } = await servedCard(t, [ORIGIN], (file) => {
    asked.push(file.toString('latin1'));
    if (asked.length === 1) return Promise.resolve(ok(undefined));
    const face = { png: Buffer.from('a picture'), sha256: Buffer.alloc(32, 1) };
    return Promise.resolve(asked.length === 2 ? ok(face) : fail('face-unreadable', 'planted'));
  });
  const { page, ask } = await openPage(url);
  const show = async (text: string): Promise<unknown> => {
    page.send(Buffer.from(text).toString('base64'));
    const [answer, isBinary] = (await once(page, 'message')) as [Buffer, boolean];
    assert.ok(!isBinary);
    return JSON.parse(answer.toString());
  };
  assert.deepEqual(await show('no photo'), { png: null, sha256: null });
  const png = Buffer.from('a picture').toString('base64');
  assert.deepEqual(await show('a face'), { png, sha256: '01'.repeat(32) });
  assert.deepEqual(await show('broken'), { failure: 'face-unreadable' });
  assert.deepEqual(asked, ['no photo', 'a face', 'broken']);
  assert.equal(await ask(SELECT), '9000', 'and commands go on');
});

test('who is no page of a named origin, or says what no reader says, is turned away', async (t) => {
  const { url } = await servedCard(t);
  assert.equal(await knock(url), '403', 'no origin');
  assert.equal(await knock(url, 'http://portal.test.evil.example'), '403');
  assert.equal(await knock(url, 'null'), '403');
  assert.equal(await knock(url.replace('/card', '/other'), ORIGIN), '404');
  const answer = await fetch(url.replace('ws:', 'http:'));
  assert.equal(answer.status, 404);
  for (const [said, code] of [
    ['a text', 1003],
    [Buffer.alloc(70_000), 1009],
  ] as const) {
    const { page } = await openPage(url);
    page.send(said);
    const [closed] = (await once(page, 'close')) as [number];
    assert.equal(closed, code);
    while ((await knock(url, ORIGIN)) === '409');
  }
  const { page } = await openPage(url);
  for (let n = 0; n < 40; n++) page.send(VERIFY);
  const [closed] = (await once(page, 'close')) as [number];
  assert.equal(closed, 1008, 'a page that waits for nothing');
});

const browserMissing = existsSync(CHROMIUM) ? false : 'no Chromium here';

test('a page in a browser reads the card; a page of another origin does not', {
  skip: browserMissing,
}, async (t) => {
  const pages = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>kiosk</title>');
  });
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const port = (pages.address() as AddressInfo).port;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  t.after(async () => {
    await browser.close();
    pages.close();
  });
  const { url } = await servedCard(t, [`http://127.0.0.1:${port}`]);
  const talk = async (origin: string): Promise<readonly string[]> => {
    const page = await browser.newPage();
    await page.goto(origin);
    return page.evaluate(
      async ({ to, commands }) => {
        const socket = new WebSocket(to);
        socket.binaryType = 'arraybuffer';
        const opened = await new Promise((resolve) => {
          socket.addEventListener('open', () => resolve(true));
          socket.addEventListener('error', () => resolve(false));
        });
        if (opened !== true) return ['refused'];
        const answers: string[] = [];
        for (const command of commands) {
          const answered = new Promise<ArrayBuffer>((resolve) => {
            const hear = ({ data }: { readonly data: unknown }): void => {
              if (data instanceof ArrayBuffer) resolve(data);
            };
            socket.addEventListener('message', hear, { once: true });
          });
          socket.send(Uint8Array.from(command));
          answers.push(
            [...new Uint8Array(await answered)].map((octet) => octet.toString(16).padStart(2, '0')).join(''),
          );
        }
        socket.close();
        return answers;
      },
      { to: url, commands: [SELECT, VERIFY, READ].map((command) => [...command]) },
    );
  };
  assert.deepEqual(await talk(`http://localhost:${port}`), ['refused'], 'the same page by another name');
  const [selected, verified, read = ''] = await talk(`http://127.0.0.1:${port}`);
  assert.deepEqual([selected, verified], ['9000', '9000']);
  assert.equal(Buffer.from(read, 'hex').toString('latin1', 3, 15), '123456789018');
});
