/**
 * The test country with certificates added: real links, registers and challenges; the card is a stand-in whose
 * certificate is the resident code and whose signature is a hash.
 */
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { accessSchema, Challenges } from '@ishizue/access';
import { inTransaction } from '@ishizue/db';
import type { Handler } from '@ishizue/link';
import { fail, mustSucceed, ok } from '@ishizue/outcome';
import { importRegister, NATIONAL_SITE } from '@ishizue/registry';
import {
  type CountryOptions,
  KAMAKURA,
  KIYOSE,
  registerFile,
  type TestCountry,
  testAccess,
  testCountry,
} from '@ishizue/registry/testing';
import { findRequest } from './centre/find-request.ts';
import { openRequest } from './centre/open-request.ts';
import { type RoutedRequest, type SubmitFailure, submitRequest } from './centre/submit-request.ts';
import type { CertificateWish } from './certificate-class.ts';
import type { CertificatesContext } from './certificates-context.ts';
import { toCentre, toMunicipality } from './messages.ts';
import { openPress } from './paper/press.ts';
import { certificatesTopics } from './receivers.ts';
import { certificatesSchema } from './schema.ts';

const press = mustSucceed(await openPress(), 'the press');

export const WISH: CertificateWish = {
  class: 'resident-record',
  extent: 'person',
  withRelationship: false,
  withDomicile: false,
};

type Topics = Readonly<Record<string, Handler>>;

export interface KioskCountry {
  readonly country: TestCountry;
  readonly context: CertificatesContext;
  /** Loads a register and waits until the centre knows the persons. */
  readonly load: (municipality: string, rows: readonly Readonly<Record<string, string>>[]) => Promise<void>;
  /** The resident code of a name. */
  readonly codeOf: (name: string) => Promise<string>;
}

/** @param plant may replace handlers, to make a site misbehave */
export async function kioskCountry(
  t: Pick<TestContext, 'after'>,
  options: { readonly now?: string; readonly plant?: (topics: Topics) => Topics } = {},
): Promise<KioskCountry> {
  const links = [KIYOSE, KAMAKURA].flatMap((code) => [toMunicipality(code), toCentre(code)]);
  const schemas: CountryOptions['schemas'] = [accessSchema, certificatesSchema];
  const country = await testCountry(t, {
    schemas,
    links,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const context = contextOf(country);
  const topics = certificatesTopics(context);
  country.register('certificates', options.plant?.(topics) ?? topics);
  return {
    country,
    context,
    load: async (municipality, rows) => {
      const session = country.database.session('registry');
      const loaded = await importRegister(country.context, {
        municipality,
        text: textOf(registerFile(rows)),
        access: testAccess,
        session,
        reject: ({ row, code }) => Promise.reject(new Error(`row ${row}: ${code}`)),
      });
      await session.end();
      mustSucceed(loaded, 'the register');
      await country.settle();
    },
    codeOf: async (name) => {
      const [row] = await inTransaction(
        country.context.sql,
        { site: NATIONAL_SITE },
        (tx) => tx<{ code: string }[]>`
          SELECT resident_code AS code FROM registry.national_person WHERE name = ${name}`,
      );
      if (!row) throw new Error(`nobody is called ${name}`);
      return row.code;
    },
  };
}

async function* textOf(text: string): AsyncGenerator<string> {
  yield text;
}

/** A context as another process would make it: nothing is shared but the database. */
export function contextOf(country: TestCountry): CertificatesContext {
  const { clock, pseudonyms, municipalities } = country.context;
  return {
    sql: country.database.pool('certificates'),
    clock,
    pseudonyms,
    municipalities,
    press,
    wake: () => country.wake(),
    registry: country.context,
    challenges: new Challenges({ sql: country.database.pool('access'), clock }),
    authenticateHolder: async ({ certificate, challenge, signature }) => {
      if (!signature.equals(signatureOf(certificate, challenge))) return fail('card-not-proved', 'wrong');
      const [residentCode = '', status] = certificate.toString().split(' ');
      if (status === 'revoked') return fail('certificate-not-current', 'revoked');
      return ok({ residentCode, serial: '0a1b', cardId: 'card-1' });
    },
    participates: (municipality) => [KIYOSE, KAMAKURA].includes(municipality),
    mayorOf: () => '澁谷　桂司',
    alwaysOpen: false,
  };
}

export const signatureOf = (certificate: Buffer, challenge: Buffer): Buffer =>
  createHash('sha256').update(certificate).update(challenge).digest();

/** A kiosk's request up to its routing. */
export async function ask(
  context: CertificatesContext,
  certificate: string,
  wish: CertificateWish = WISH,
): Promise<{ requestId: string; routed: Awaited<ReturnType<typeof submitRequest>> }> {
  const { requestId, challenge } = mustSucceed(await openRequest(context, 'kiosk-7', wish), 'open');
  const der = Buffer.from(certificate);
  const routed = await submitRequest(context, requestId, {
    certificate: der,
    signature: signatureOf(der, challenge),
  });
  return { requestId, routed };
}

export async function askAndRoute(
  context: CertificatesContext,
  certificate: string,
  wish: CertificateWish = WISH,
): Promise<RoutedRequest & { requestId: string }> {
  const { requestId, routed } = await ask(context, certificate, wish);
  return { requestId, ...mustSucceed(routed, 'submission') };
}

export const refusalOf = async (
  context: CertificatesContext,
  certificate: string,
): Promise<SubmitFailure | 'routed'> => {
  const { routed } = await ask(context, certificate);
  return routed.ok ? 'routed' : routed.failure.code;
};

/** The state and code of a request. */
export async function stateOf(context: CertificatesContext, requestId: string): Promise<string> {
  const { state, code } = mustSucceed(await findRequest(context, requestId), requestId);
  return code === null ? state : `${state}: ${code}`;
}
