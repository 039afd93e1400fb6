/**
 * What the OCSP benchmarks share: a country with issued certificates, served as it is started, and beside its responder an
 * address that answers a constant of the same size; a load in a process of its own; samples verified as a relying party would.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readBody } from '@ishizue/http';
import { issueCertificate, OCSP_PATH } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { serve } from '@ishizue/server';
import {
  type Certificate,
  encodeCertId,
  issuerHashes,
  parseCertificate,
  verifyOcspResponse,
} from '@ishizue/x509';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Workplace } from './benchmark.ts';
import { enrolHolders, ISSUE_ACCESS, MUNICIPALITY, ordersFor } from './card-orders.ts';
import { type OcspLoadOrder, type OcspLoadReport, ocspLoadReport } from './ocsp-load-order.ts';

const LOAD_PROGRAM = path.join(import.meta.dirname, 'ocsp-load-process.ts');
const HOLDERS = 100;
const SECONDS = 5;
const CONNECTIONS = 32;
const CONSTANT_PATH = '/constant';
const REQUEST_BYTES_MAX = 8_192;

interface Issued {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

export interface OcspRound {
  /** Answers a second. */
  readonly rate: number;
  /** Who used how much of the cores, for people. */
  readonly cpu: string;
  /** CPU seconds of one answer, of all who had part in it. */
  readonly cpuOfAnswer_s: number;
  /** The share of the cores that the load took, which are therefore not the responder's. */
  readonly loadShare: number;
}

export interface OcspBench {
  readonly bench: BenchCountry;
  /** For people: how much is asked in a round. */
  readonly sizes: string;
  /** Asks the responder, and verifies a sample of what it says. */
  readonly ask: (hasNonces: boolean) => Promise<OcspRound>;
  /** Asks the same server for a constant as long as an answer. */
  readonly askConstant: () => Promise<OcspRound>;
}

export const withOcsp = <T>(
  place: Workplace,
  settings: Readonly<Record<string, string>>,
  work: (ocsp: OcspBench) => Promise<T>,
): Promise<T> =>
  withCountry(
    place,
    [MUNICIPALITY],
    async (bench) => {
      const issued = await issueAll(bench, await enrolHolders(place, bench, HOLDERS));
      let constant: Buffer = Buffer.alloc(2_000);
      const served = await serve(bench.country, {
        host: '127.0.0.1',
        port: 0,
        version: 'bench',
        logTo: { write: () => undefined },
        mountMore: (server) =>
          server.mountRaw({
            prefix: CONSTANT_PATH,
            access: 'public',
            handler: async (request, response) => {
              await readBody(request, REQUEST_BYTES_MAX);
              response.writeHead(200, {
                'content-type': 'application/ocsp-response',
                'content-length': constant.length,
                'cache-control': 'no-store',
              });
              response.end(constant);
            },
          }),
      });
      const certIds = issued.map(({ certificate, issuer }) =>
        Buffer.from(encodeCertId('sha1', issuerHashes(issuer), certificate.serial)).toString('base64'),
      );
      const round = async (order: Pick<OcspLoadOrder, 'url' | 'hasNonces'>) => {
        const used = bench.countCpuTime();
        const report = await load({ ...order, certIds, connections: CONNECTIONS, seconds: SECONDS });
        const { answered, answeredInAll, elapsed_s, cpu_s } = report;
        const { text, seconds } = used();
        return {
          report,
          rate: answered / elapsed_s,
          cpu: `${text}, load ${cpu_s.toFixed(1)} s`,
          cpuOfAnswer_s: seconds / answeredInAll + cpu_s / answered,
          loadShare: cpu_s / (elapsed_s * availableParallelism()),
        };
      };
      try {
        return await work({
          bench,
          sizes: `${issued.length} certificates, ${CONNECTIONS} kept connections, ${SECONDS} s a round`,
          ask: async (hasNonces) => {
            const measured = await round({ url: served.origin + OCSP_PATH, hasNonces });
            verifySamples(issued, measured.report.samples, bench.country.clock.now());
            constant = Buffer.from(measured.report.samples[0]?.response ?? '', 'base64');
            return measured;
          },
          askConstant: () => round({ url: served.origin + CONSTANT_PATH, hasNonces: false }),
        });
      } finally {
        await served.close();
      }
    },
    settings,
  );

async function issueAll({ country }: BenchCountry, holders: readonly string[]): Promise<readonly Issued[]> {
  const { jpki } = country.systems;
  const issued: Issued[] = [];
  for (const order of ordersFor(holders, country.clock.now())) {
    const { certificate } = mustSucceed(await issueCertificate(jpki, ISSUE_ACCESS, order), order.kind);
    const authority = await jpki.authorities.findCurrent(order.kind);
    if (!authority) throw new Error('no authority stands');
    issued.push({
      certificate: mustSucceed(parseCertificate(certificate), 'the certificate'),
      issuer: authority.certificate,
    });
  }
  return issued;
}

async function load(order: OcspLoadOrder): Promise<OcspLoadReport> {
  const child: ChildProcess = spawn(process.execPath, [LOAD_PROGRAM], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    child.send(order);
    const message = await Promise.race([
      once(child, 'message').then(([report]: unknown[]) => report),
      once(child, 'exit').then(() => undefined),
    ]);
    return ocspLoadReport.parse(message);
  } finally {
    child.kill('SIGKILL');
  }
}

function verifySamples(issued: readonly Issued[], samples: OcspLoadReport['samples'], now: number): void {
  for (const { certificate: index, nonce, response } of samples) {
    const asked = issued[index];
    if (!asked) throw new Error('an answer about no certificate');
    const question = {
      ...asked,
      response: Buffer.from(response, 'base64'),
      at: now,
      ...(nonce === '' ? {} : { nonce: Buffer.from(nonce, 'base64') }),
    };
    const answer = mustSucceed(verifyOcspResponse(question), 'an answer');
    if (answer.status.status !== 'good') throw new Error(`a good certificate is ${answer.status.status}`);
  }
}
