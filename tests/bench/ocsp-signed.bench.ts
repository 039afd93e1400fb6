/**
 * `ocsp-signed`: OCSP answers a second over HTTP, each looked up in the database and signed for its nonce: the server as it is
 * started, the signer in its own process, the load in a third one, all on the same cores. The limit is what OpenSSL signs
 * there. A sample of the answers is verified as a relying party would.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
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
import type { Benchmark } from './benchmark.ts';
import { enrolHolders, ISSUE_ACCESS, MUNICIPALITY, ordersFor } from './card-orders.ts';
import { alternate } from './measure.ts';
import { type OcspLoadOrder, type OcspLoadReport, ocspLoadReport } from './ocsp-load-order.ts';
import { OPENSSL_LIMIT_NAME, opensslSignatures } from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const LOAD_PROGRAM = path.join(import.meta.dirname, 'ocsp-load-process.ts');
const HOLDERS = 100;
const ROUNDS = 3;
const SECONDS = 5;
const OPENSSL_SECONDS = 3;
const CONNECTIONS = 32;

interface Issued {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    const issued = await issueAll(bench, await enrolHolders(place, bench, HOLDERS));
    const quiet = { write: () => undefined };
    const served = await serve(bench.country, { host: '127.0.0.1', port: 0, version: 'bench', logTo: quiet });
    const order: OcspLoadOrder = {
      url: served.origin + OCSP_PATH,
      certIds: issued.map(({ certificate, issuer }) =>
        Buffer.from(encodeCertId('sha1', issuerHashes(issuer), certificate.serial)).toString('base64'),
      ),
      connections: CONNECTIONS,
      seconds: SECONDS,
    };
    place.say(`${ROUNDS} rounds of ${SECONDS} seconds`);
    try {
      let cpu = '';
      const { value, limit, rounds } = await alternate(
        ROUNDS,
        async () => {
          const used = bench.countCpuTime();
          const { answered, elapsed_s, cpu_s, samples } = await load(order);
          cpu = `${used()}, load ${cpu_s.toFixed(1)} s`;
          verifySamples(issued, samples, bench.country.clock.now());
          return answered / elapsed_s;
        },
        () => opensslSignatures(OPENSSL_SECONDS),
      );
      const sizes = `${issued.length} certificates, ${CONNECTIONS} kept connections, ${SECONDS} s a round`;
      return [
        {
          bench: 'ocsp-signed',
          value,
          unit: '1/s',
          limit,
          limitName: OPENSSL_LIMIT_NAME,
          peakMiB: peakMiB(),
          note: `POST with nonce over HTTP, ${sizes}; server, signer, PostgreSQL and load share the cores; ${rounds}; last round ${cpu}`,
          postgresql: bench.postgresql,
        },
      ];
    } finally {
      await served.close();
    }
  });

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
  const child = spawn(process.execPath, [LOAD_PROGRAM], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
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
      nonce: Buffer.from(nonce, 'base64'),
    };
    const answer = mustSucceed(verifyOcspResponse(question), 'an answer');
    if (answer.status.status !== 'good') throw new Error(`a good certificate is ${answer.status.status}`);
  }
}
