/**
 * The card for a page in a browser: a WebSocket (RFC 6455) on the loopback address, one binary message a command and one an answer,
 * said as readers say them (reader-message.ts). A page of another origin than those that were named is turned away before it says
 * a word, so that no site that the holder happens to visit talks to the card; so is whoever comes while a page has it. The
 * chip has power from the first message to the last, and forgets shown PINs with the connection. A text is no command: it is the
 * file of the face that the page read, in base64, and is answered with a picture that a browser shows.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Result } from '@ishizue/outcome';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { FacePicture } from '../face-picture.ts';
import type { Chip } from './chip.ts';
import { answerMessage } from './reader-message.ts';

const HOST = '127.0.0.1';
const PATH = '/card';
/** The longest command of ISO 7816-4. */
const MESSAGE_BYTES_MAX = 65_544;
/** Commands that a page may have under way: more than a page needs, which waits for answers. */
const WAITING_MAX = 16;
const BEAT_MS = 20_000;
/** Close codes: RFC 6455 7.4.1. */
const GOING_AWAY = 1001;
const ONLY_BINARY = 1003;
const TOO_MANY = 1008;

export interface WebSocketReader {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Of the pages that may have the card: `http://localhost:8080`. */
  readonly origins: readonly string[];
}

export interface WebSocketReaderOptions {
  /** Takes the card out. */
  readonly signal: AbortSignal;
  /** Told once it listens. */
  readonly onListening: (port: number) => void;
  /** A state that could not be stored. */
  readonly onTrouble: (error: unknown) => void;
  /** Makes the face that a page read visible; without it a page sends nothing but commands. */
  readonly showFace?: (file: Buffer) => Promise<Result<FacePicture | undefined>>;
}

/** Lets one page after the other have the card, until the signal. */
export async function serveWebSocket(
  chip: Chip,
  { port, origins }: WebSocketReader,
  { signal, onListening, ...options }: WebSocketReaderOptions,
): Promise<void> {
  const http = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  });
  http.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, origins, sockets.clients.size);
    if (refusal) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (page) => attend(chip, page, options));
  });
  http.listen(port, HOST);
  await once(http, 'listening', { signal });
  onListening((http.address() as AddressInfo).port);
  if (!signal.aborted) await once(signal, 'abort');
  for (const page of sockets.clients) page.close(GOING_AWAY, 'the card was taken out');
  await closed(http, sockets);
  chip.reset();
}

type Refusal = '403 Forbidden' | '404 Not Found' | '409 Conflict';

/** A page says its origin by itself; whatever says none is no page. */
function refusalOf(
  { url, headers }: IncomingMessage,
  origins: readonly string[],
  pages: number,
): Refusal | undefined {
  if (url !== PATH) return '404 Not Found';
  if (headers.origin === undefined || !origins.includes(headers.origin)) return '403 Forbidden';
  return pages > 0 ? '409 Conflict' : undefined;
}

function refuse(socket: Duplex, refusal: Refusal): void {
  socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** One command after the other, in their order; a page that went away without a word is noticed by its silence. */
function attend(
  chip: Chip,
  page: WebSocket,
  { onTrouble, showFace }: Pick<WebSocketReaderOptions, 'onTrouble' | 'showFace'>,
): void {
  chip.reset();
  let waiting = 0;
  let turn: Promise<void> = Promise.resolve();
  const answer = async (message: Buffer, isBinary: boolean): Promise<void> => {
    if (page.readyState !== page.OPEN) return; // what a page left behind is not done
    const said =
      isBinary || !showFace
        ? await answerMessage(chip, message, onTrouble)
        : describe(await showFace(Buffer.from(message.toString('latin1'), 'base64')));
    waiting -= 1;
    if (said && page.readyState === page.OPEN) page.send(said);
  };
  let isAlive = true;
  const beat = setInterval(() => {
    if (!isAlive) page.terminate();
    isAlive = false;
    page.ping();
  }, BEAT_MS);
  page.on('pong', () => {
    isAlive = true;
  });
  page.on('error', () => page.terminate());
  page.on('close', () => {
    clearInterval(beat);
    chip.reset();
  });
  page.on('message', (data, isBinary) => {
    if (!isBinary && !showFace) return page.close(ONLY_BINARY, 'commands are binary');
    if (++waiting > WAITING_MAX) return page.close(TOO_MANY, 'wait for answers');
    turn = turn.then(() => answer(octetsOf(data), isBinary));
  });
}

/** What a page is told of a face: the picture in base64 and the digest in hexadecimal, null of a card without one. */
function describe(shown: Result<FacePicture | undefined>): string {
  if (!shown.ok) return JSON.stringify({ failure: shown.failure.code });
  const { png, sha256 } = shown.value ?? {};
  return JSON.stringify({ png: png?.toString('base64') ?? null, sha256: sha256?.toString('hex') ?? null });
}

const octetsOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);

async function closed(http: Server, sockets: WebSocketServer): Promise<void> {
  const done = once(http, 'close');
  http.close();
  // a page that does not answer the close is not waited for, nor whoever has connected and says nothing
  setTimeout(() => {
    for (const page of sockets.clients) page.terminate();
    http.closeAllConnections();
  }, 1_000).unref();
  await done;
}
