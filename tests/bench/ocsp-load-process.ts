/**
 * The load of the benchmark `ocsp-signed`, in a process of its own: POST over connections that are kept, each as soon as it has
 * its answer. Its parent sends one order and gets one report; it ends with its parent.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { encodeOcspRequest } from '@ishizue/x509';
import { type AnsweredQuestion, type OcspLoadReport, ocspLoadOrder } from './ocsp-load-order.ts';

const WARM_UP_MS = 1_000;
const REQUESTS = 5_000;
const NONCE_BYTES = 16;
const SAMPLES = 20;
/** Of OCSPResponse in DER: a SEQUENCE with a length of two octets, and in it the status "successful". */
const SUCCESSFUL = Buffer.from([0x0a, 0x01, 0x00]);

process.on('disconnect', () => process.exit());
process.once('message', (message) => {
  void run(message).then((report) => process.send?.(report));
});

interface Question {
  readonly certificate: number;
  readonly nonce: Buffer;
  readonly der: Uint8Array;
}

async function run(message: unknown): Promise<OcspLoadReport> {
  const { url, certIds, connections, seconds } = ocspLoadOrder.parse(message);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  // made beforehand: the cores are the responder's
  const questions = Array.from({ length: REQUESTS }, (_, index): Question => {
    const certificate = index % certIds.length;
    const nonce = randomBytes(NONCE_BYTES);
    return {
      certificate,
      nonce,
      der: encodeOcspRequest([Buffer.from(certIds[certificate] ?? '', 'base64')], nonce),
    };
  });
  let next = 0;
  const samples: AnsweredQuestion[] = [];
  const askUntil = async (end: number): Promise<number> => {
    let answered = 0;
    const connection = async (): Promise<void> => {
      while (performance.now() < end) {
        const question = questions[next++ % REQUESTS];
        if (!question) throw new Error('no question was made');
        const response = await ask(agent, url, question.der);
        answered++;
        if (answered % 100 === 0 && samples.length < SAMPLES) samples.push(sampleOf(question, response));
      }
    };
    await Promise.all(Array.from({ length: connections }, connection));
    return answered;
  };
  await askUntil(performance.now() + WARM_UP_MS);
  const started = performance.now();
  const answered = await askUntil(started + seconds * 1000);
  const elapsed_s = (performance.now() - started) / 1000;
  agent.destroy();
  const { user, system } = process.cpuUsage();
  return { answered, elapsed_s, cpu_s: (user + system) / 1_000_000, samples };
}

const sampleOf = ({ certificate, nonce }: Question, response: Buffer): AnsweredQuestion => ({
  certificate,
  nonce: nonce.toString('base64'),
  response: response.toString('base64'),
});

function ask(agent: Agent, url: string, der: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/ocsp-request', 'content-length': der.length };
    const asking = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200 && body.subarray(4, 7).equals(SUCCESSFUL)) resolve(body);
        else reject(new Error(`an answer with status ${response.statusCode} is not signed`));
      });
    });
    asking.on('error', reject);
    asking.end(der);
  });
}
