/**
 * The load of the benchmarks `ocsp-signed` and `ocsp-cached`, in a process of its own: POST over connections that are kept, or
 * over one for each question, each as soon as it has its answer. It writes and reads HTTP/1.1 itself, because a client of any comfort would take more of
 * the cores than the responder. Its parent sends one order and gets one report; it ends with its parent.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeOcspRequest } from '@ishizue/x509';
import { type AnsweredQuestion, type OcspLoadReport, ocspLoadOrder } from './ocsp-load-order.ts';

const WARM_UP_MS = 1_000;
const REQUESTS = 5_000;
const NONCE_BYTES = 32;
const SAMPLES = 20;
const HEADERS_END = '\r\n\r\n';

process.on('disconnect', () => process.exit());
process.once('message', (message) => {
  void run(message).then((report) => process.send?.(report));
});

interface Question {
  readonly certificate: number;
  readonly nonce: Buffer | undefined;
  /** The whole request, headers and body. */
  readonly http: Buffer;
}

async function run(message: unknown): Promise<OcspLoadReport> {
  const order = ocspLoadOrder.parse(message);
  const { connections, seconds } = order;
  const url = new URL(order.url);
  // made beforehand: the cores are the responder's
  const questions = questionsOf(url, order.certIds, order.hasNonces);
  let next = 0;
  const samples: AnsweredQuestion[] = [];
  const places = Array.from({ length: connections }, () =>
    order.keepsConnections ? openSocket(url) : undefined,
  );
  const askUntil = async (end: number): Promise<number> => {
    let answered = 0;
    const work = async (kept: Promise<Connection> | undefined): Promise<void> => {
      while (performance.now() < end) {
        const question = questions[next++ % questions.length];
        if (!question) throw new Error('no question was made');
        const socket = await (kept ?? openSocket(url));
        const response = await socket.ask(question.http);
        if (!kept) socket.close();
        answered++;
        if (answered % 100 === 0 && samples.length < SAMPLES) samples.push(sampleOf(question, response));
      }
    };
    await Promise.all(places.map(work));
    return answered;
  };
  const warmedUp = await askUntil(performance.now() + WARM_UP_MS);
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const answered = await askUntil(started + seconds * 1000);
  const elapsed_s = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const kept of places) (await kept)?.close();
  return {
    answered,
    answeredInAll: warmedUp + answered,
    elapsed_s,
    cpu_s: (user + system) / 1_000_000,
    samples,
  };
}

function questionsOf(url: URL, certIds: readonly string[], hasNonces: boolean): readonly Question[] {
  return Array.from({ length: hasNonces ? REQUESTS : certIds.length }, (_, index): Question => {
    const certificate = index % certIds.length;
    const nonce = hasNonces ? randomBytes(NONCE_BYTES) : undefined;
    const der = encodeOcspRequest([Buffer.from(certIds[certificate] ?? '', 'base64')], nonce);
    const head =
      `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/ocsp-request\r\n` +
      `Content-Length: ${der.length}${HEADERS_END}`;
    return { certificate, nonce, http: Buffer.concat([Buffer.from(head), der]) };
  });
}

const sampleOf = ({ certificate, nonce }: Question, response: Buffer): AnsweredQuestion => ({
  certificate,
  nonce: nonce?.toString('base64') ?? '',
  response: response.toString('base64'),
});

interface Connection {
  ask(http: Buffer): Promise<Buffer>;
  close(): void;
}

async function openSocket(url: URL): Promise<Connection> {
  const socket: Socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (body: Buffer) => void; reject: (error: Error) => void } | undefined;
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed a connection')));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const body = wholeBody(received);
    if (!body) return;
    received = Buffer.alloc(0);
    const asked = waiting;
    waiting = undefined;
    if (body instanceof Error) asked?.reject(body);
    else asked?.resolve(body);
  });
  return {
    ask: (http) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(http);
      }),
    close: () => socket.destroy(),
  };
}

/** The body once all of it is there. */
function wholeBody(received: Buffer): Buffer | Error | undefined {
  const end = received.indexOf(HEADERS_END);
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  const body = received.subarray(end + HEADERS_END.length);
  if (!/^HTTP\/1\.[01] 200/.test(head) || !Number.isInteger(length)) return new Error(`an answer: ${head}`);
  return body.length >= length ? body.subarray(0, length) : undefined;
}
