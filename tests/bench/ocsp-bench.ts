/**
 * What the OCSP benchmarks share: a country with issued certificates, served as it is started, and beside its responder an
 * address that answers a constant of the same size; a load in a process of its own; samples verified as a relying party would.
 */
import { spawn } from 'node:child_process';
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
import { countCpuTime, type UsedCpuTime } from './cpu-time.ts';
import { type OcspLoadOrder, type OcspLoadReport, ocspLoadReport } from './ocsp-load-order.ts';
import { type OpensslOcsp, startOpensslOcsp } from './openssl-ocsp.ts';
import { cpuShares } from './openssl-speed.ts';

const LOAD_PROGRAM = path.join(import.meta.dirname, 'ocsp-load-process.ts');
const HOLDERS = 100;
const SECONDS = 5;
/** As many verifiers' as keep the processors busy: with 32 they wait for each other's questions, of which each is then shared by few. */
const CONNECTIONS = 128;
const CONSTANT_PATH = '/constant';
const REQUEST_BYTES_MAX = 8_192;

interface Issued {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

export interface OcspRound {
  /** Answers a second. */
  readonly rate: number;
  /** Who took how much CPU time of an answer, for people. */
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
  /** Asks the responder, and verifies a sample of what it says; over kept connections unless told otherwise. */
  readonly ask: (question: {
    readonly hasNonces: boolean;
    readonly keepsConnections?: boolean;
  }) => Promise<OcspRound>;
  /** Asks the same server for a constant as long as an answer. */
  readonly askConstant: () => Promise<OcspRound>;
  /** Asks `openssl ocsp` about the same certificates, one question a connection, because it ends each. */
  readonly askOpenssl: () => Promise<OcspRound>;
}

export const withOcsp = <T>(
  place: Workplace,
  keyType: 'rsa' | 'p256',
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
      const round = (order: Pick<OcspLoadOrder, 'url' | 'hasNonces' | 'keepsConnections'>) =>
        measure({ ...order, certIds }, bench.countCpuTime(), spawn);
      let openssl: OpensslOcsp | undefined;
      try {
        return await work({
          bench,
          sizes: `${issued.length} certificates, ${CONNECTIONS} kept connections, ${SECONDS} s a round`,
          ask: async ({ hasNonces, keepsConnections = true }) => {
            const measured = await round({ url: served.origin + OCSP_PATH, hasNonces, keepsConnections });
            verifySamples(issued, measured.samples, bench.country.clock.now());
            constant = Buffer.from(measured.samples[0]?.response ?? '', 'base64');
            return measured;
          },
          askConstant: () =>
            round({ url: served.origin + CONSTANT_PATH, hasNonces: false, keepsConnections: true }),
          askOpenssl: async () => {
            openssl ??= await startOpenssl(place, keyType, issued);
            const { url, pid, start } = openssl;
            const order = { url, hasNonces: true, keepsConnections: false, certIds };
            const measured = await measure(order, countCpuTime({ openssl: pid }), start);
            openssl.verify(measured.samples);
            return measured;
          },
        });
      } finally {
        openssl?.stop();
        await served.close();
      }
    },
    { ISHIZUE_OCSP_KEY: OCSP_KEYS[keyType] },
  );

const OCSP_KEYS = { rsa: 'rsa-2048', p256: 'p-256' } as const;

const startOpenssl = (
  place: Workplace,
  keyType: 'rsa' | 'p256',
  issued: readonly Issued[],
): Promise<OpensslOcsp> =>
  startOpensslOcsp(
    path.join(place.folder, 'openssl-ocsp'),
    keyType,
    issued.map(({ certificate }) => certificate),
    [...new Set(issued.map(({ issuer }) => issuer))],
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

interface MeasuredRound extends OcspRound {
  readonly samples: OcspLoadReport['samples'];
}

async function measure(
  order: Omit<OcspLoadOrder, 'connections' | 'seconds'>,
  used: () => UsedCpuTime,
  start: OpensslOcsp['start'],
): Promise<MeasuredRound> {
  const report = await load({ ...order, connections: CONNECTIONS, seconds: SECONDS }, start);
  const { answered, answeredInAll, elapsed_s, cpu_s, samples } = report;
  const by = Object.entries(used().by).map(([name, seconds]) => [name, seconds / answeredInAll] as const);
  const each_s: Readonly<Record<string, number>> = { ...Object.fromEntries(by), load: cpu_s / answered };
  return {
    rate: answered / elapsed_s,
    cpu: cpuShares(each_s),
    cpuOfAnswer_s: Object.values(each_s).reduce((sum, one) => sum + one, 0),
    loadShare: cpu_s / (elapsed_s * availableParallelism()),
    samples,
  };
}

async function load(order: OcspLoadOrder, start: OpensslOcsp['start']): Promise<OcspLoadReport> {
  const child = start(process.execPath, [LOAD_PROGRAM], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
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
