/** Municipalities of a test country with local authentication set up, and holders whose cards sign for their programs. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { TestContext } from 'node:test';
import { verifierDesk } from '@ishizue/jpki';
import {
  type CardKey,
  liveVerifier,
  makeCardKey,
  requestOf,
  type TestJpki,
  testJpki,
} from '@ishizue/jpki/testing';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE } from '@ishizue/registry/testing';
import type { LocalContext } from './local-context.ts';
import type { LocalOfficer } from './officer-act.ts';
import { registerProgram } from './programs/change-program.ts';
import { programSite } from './programs/program-store.ts';
import { localAuthenticationSchema } from './schema.ts';
import { changeSetting, type LocalSetting } from './setting.ts';
import { type LocalProof, type LocalVerdict, openChallenge, verifyForProgram } from './verify-for-program.ts';

export const officer: LocalOfficer = {
  operator: 'o-local',
  purpose: 'a test',
  terminal: 't-1',
  correlation: 'a-test',
};

export interface Holder {
  readonly residentCode: string;
  /** The certificates of the card, the newest last. */
  readonly certificates: { readonly certificate: Buffer; readonly serial: string }[];
}

/** What is asked of a verification besides a holder. */
export interface Wish {
  readonly municipality?: string;
  readonly program?: string;
  /** Which of the holder's certificates; the newest where absent. */
  readonly place?: number;
  readonly changes?: Partial<LocalProof>;
  /** Instead of the wired context. */
  readonly context?: LocalContext;
}

export interface TestLocal {
  readonly jpki: TestJpki;
  readonly context: LocalContext;
  /** Somebody whom no test had before, with a first certificate. */
  readonly holder: () => Promise<Holder>;
  /** Another certificate on the holder's card, or on another card; the one before on that card is superseded. */
  readonly renew: (holder: Holder, cardId?: string) => Promise<void>;
  readonly method: (method: LocalSetting['method'], municipality?: string) => Promise<void>;
  readonly verify: (holder: Holder, wish?: Wish) => Promise<Result<LocalVerdict>>;
  /** The pseudonym, or the code of the failure. */
  readonly told: (holder: Holder, wish?: Wish) => Promise<string | undefined>;
}

/** One key for the cards of all: making one is slow, and whose a card is depends on its certificate. */
const key: CardKey = makeCardKey();
export const signed = (statement: string, by: CardKey = key): Buffer =>
  sign('sha256', Buffer.from(statement), by.privateKey);

export const programKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();

const PERSONS = 48;
const VERIFIERS: Readonly<Record<string, string>> = {
  [KIYOSE]: 'verifier/kiyose',
  [KAMAKURA]: 'verifier/kamakura',
};

export async function testLocal(
  t: TestContext,
  options: { readonly hasPhones?: boolean } = {},
): Promise<TestLocal> {
  const jpki = await testJpki(t, { ...options, country: { schemas: [localAuthenticationSchema] } });
  const { country } = jpki;
  const context: LocalContext = {
    sql: country.database.pool('local_authentication'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    municipalities: country.context.municipalities,
    desk: verifierDesk(jpki.context),
  };
  const numbers = Array.from({ length: PERSONS }, (_, index) => ({ resident_number: String(index + 1) }));
  const persons = [...(await jpki.enrol(numbers))];
  const method: TestLocal['method'] = async (name, municipality = KIYOSE) => {
    const setting = { verifier: VERIFIERS[municipality] ?? '', method: name };
    mustSucceed(await changeSetting(context, municipality, officer, setting), 'the setting');
  };
  for (const [municipality, verifier] of Object.entries(VERIFIERS)) {
    await liveVerifier(jpki.context, verifier, {
      kind: 'administrative',
      feeClass: 'free',
      certificateKinds: ['authentication'],
      services: ['older-serials', 'newer-serials'],
    });
    await method('ocsp', municipality);
    for (const program of ['lunch', 'library'])
      mustSucceed(
        await registerProgram(context, municipality, officer, { program, publicKeyPem: programKey() }),
        'a program',
      );
  }
  const verify: TestLocal['verify'] = (holder, wish = {}) =>
    verifyWith(wish.context ?? context, holder, wish);
  return {
    jpki,
    context,
    method,
    verify,
    holder: async () => {
      const residentCode = persons.shift();
      if (residentCode === undefined) throw new Error('nobody is left');
      const holder: Holder = { residentCode, certificates: [] };
      await renew(jpki, holder);
      return holder;
    },
    renew: (holder, cardId) => renew(jpki, holder, cardId),
    told: async (holder, wish) => {
      const verified = await verify(holder, wish);
      return verified.ok ? verified.value.pseudonym : verified.failure.code;
    },
  };
}

async function renew(jpki: TestJpki, { residentCode, certificates }: Holder, cardId?: string): Promise<void> {
  jpki.country.clock.advance(60_000);
  certificates.push(
    await jpki.issue({
      residentCode,
      certificationRequest: requestOf(key),
      ...(cardId !== undefined && { cardId }),
    }),
  );
}

async function verifyWith(
  context: LocalContext,
  { certificates }: Holder,
  { municipality = KIYOSE, program = 'lunch', place = -1, changes }: Wish,
): Promise<Result<LocalVerdict>> {
  const call = { municipality, site: programSite(municipality, program), correlation: 'a-request' };
  const opened = await openChallenge(context, call);
  if (!opened.ok) return opened;
  const { challenge, statement } = opened.value;
  return verifyForProgram(context, call, {
    challenge,
    kind: 'authentication',
    certificate: certificates.at(place)?.certificate ?? Buffer.alloc(0),
    signature: signed(statement),
    withPseudonym: true,
    ...changes,
  });
}

/** What is wrong with lists or answers in a test: a desk of which parts are replaced. */
export const withDesk = (context: LocalContext, parts: Partial<LocalContext['desk']>): LocalContext => ({
  ...context,
  desk: { ...context.desk, ...parts },
});
