/**
 * JPKI on a test country: a real signer on a socket of its own with JPKI's lints, the ceremony performed, the link from
 * the registry open. Persons come in through the registry's own import, so that everything has climbed the tiers.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { procedureSchema } from '@ishizue/procedure';
import { findPersons, importRegister, municipalSite } from '@ishizue/registry';
import {
  type CountryOptions,
  KIYOSE,
  registerFile,
  type TestCountry,
  testAccess,
  testCountry,
} from '@ishizue/registry/testing';
import { SignerClient, type SignerLints, type SignerOptions, startSigner } from '@ishizue/signer';
import { jpkiTopics } from '../apply-identity-changed.ts';
import { performCeremony } from '../ceremony.ts';
import { ListFiles } from '../crl/list-files.ts';
import type { IssueOrder } from '../issue/issue-order.ts';
import { type IssuedCertificate, issueCertificate } from '../issue-certificate.ts';
import { type JpkiContext, jpkiContext } from '../jpki-context.ts';
import { jpkiLints, jpkiLintsFor } from '../lint/jpki-lints.ts';
import { CARD_KINDS, CERTIFICATE_KINDS } from '../profile/certificate-kind.ts';
import { testProfile } from '../profile/jpki-profile.ts';
import {
  type CertifiedKey,
  type KeyTypeSettings,
  publishedKeyTypes,
  readKeyTypes,
} from '../profile/key-types.ts';
import { jpkiSchema } from '../schema.ts';
import { makeCardKey } from './card-keys.ts';
import { requestOf } from './holder-keys.ts';

export { decideByTwo, liveVerifier, makeClient, officer } from './verifiers.ts';

export const JPKI_LINK = 'national>national:jpki';

export { makeCardKey } from './card-keys.ts';
export { type CardKey, makeHolderKey, requestOf, signWith } from './holder-keys.ts';

/** The text of docs/lints.md. The certificates that break the rules take their time: loaded when asked for. */
export const lintTable = async (): Promise<string> => (await import('./lint-table.ts')).lintTable();

type TokenPlace = Omit<NonNullable<SignerOptions['token']>, 'prefixes'>;

interface RunningSigner {
  readonly client: SignerClient;
  readonly stop: () => Promise<void>;
}

let running: Promise<RunningSigner> | undefined;

/**
 * The signer of this process, started when first asked for: its keys are slow to make and the same for every test. It
 * ends with the tests of the file.
 */
export async function testSigner(): Promise<SignerClient> {
  running ??= start(jpkiLints);
  return (await running).client;
}

// of the file, because this module is loaded outside of any test
after(async () => (await running)?.stop());

async function start(lints: SignerLints, token?: TokenPlace): Promise<RunningSigner> {
  const folder = await mkdtemp(join(tmpdir(), 'jpki-'));
  const signer = mustSucceed(
    await startSigner({
      keyStorePath: join(folder, 'keys'),
      statePath: join(folder, 'state'),
      socketPath: join(folder, 'run', 'sock'),
      passphrase: 'four items and a card',
      lints,
      ...(token && { token: { ...token, prefixes: ['jpki/'] } }),
      scryptCost: { log2N: 10, r: 8, p: 1 },
    }),
    'the signer did not start',
  );
  const client = mustSucceed(await SignerClient.connect(signer.socketPath), 'the signer does not answer');
  const stop = async (): Promise<void> => {
    await client.close();
    await signer.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { client, stop };
}

export interface TestJpki {
  readonly country: TestCountry;
  readonly context: JpkiContext;
  readonly signer: SignerClient;
  /** Where the lists of revoked certificates are. */
  readonly listsFolder: string;
  /** Loads persons by columns of the register file; answers their resident codes in order. */
  readonly enrol: (
    persons: readonly Readonly<Record<string, string>>[],
    municipality?: string,
  ) => Promise<readonly string[]>;
  /** Issues with sound values for what is not given, and throws where it is refused. */
  readonly issue: (
    order: Partial<IssueOrder> & Pick<IssueOrder, 'residentCode'>,
  ) => Promise<IssuedCertificate>;
}

export interface TestJpkiOptions {
  readonly country?: CountryOptions;
  /** Replaces parts of the context. */
  readonly parts?: (context: JpkiContext) => Partial<JpkiContext>;
  /** Without the ceremony. */
  readonly isBare?: boolean;
  /** Kinds of keys beyond those in force; the signer is then one of this test's own. */
  readonly keyTypes?: Partial<KeyTypeSettings>;
  /** Where the signer, one of this test's own, has the authorities' keys. */
  readonly token?: TokenPlace;
  /** Of the authorities that the ceremony makes. */
  readonly authorityKey?: CertifiedKey;
  /** With the authorities for phones too, whose keys take time. */
  readonly hasPhones?: boolean;
}

let requests = 0;

export async function testJpki(t: TestContext, options: TestJpkiOptions = {}): Promise<TestJpki> {
  const country = await testCountry(t, {
    ...options.country,
    schemas: [procedureSchema, jpkiSchema, ...(options.country?.schemas ?? [])],
    links: [JPKI_LINK, ...(options.country?.links ?? [])],
    changeLinks: [JPKI_LINK, ...(options.country?.changeLinks ?? [])],
  });
  const { keyTypes: settings, authorityKey: keyType } = options;
  const keyTypes = settings
    ? mustSucceed(readKeyTypes({ holder: '', authority: '', ...settings }), 'the key types of a test')
    : publishedKeyTypes;
  const own = settings || options.token ? await start(jpkiLintsFor(keyTypes), options.token) : undefined;
  t.after(() => own?.stop());
  const signer = own?.client ?? (await testSigner());
  const folder = await mkdtemp(join(tmpdir(), 'jpki-lists-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const plain = jpkiContext({
    sql: country.database.pool('jpki'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    municipalities: country.context.municipalities,
    signer,
    profile: { ...testProfile, keyTypes },
    statusFor: 'everyone',
    lists: new ListFiles(folder),
    findPersons: (looks) => findPersons(country.context, looks),
    randomBytes,
  });
  const context: JpkiContext = { ...plain, ...options.parts?.(plain) };
  country.register('jpki', jpkiTopics(context));
  const kinds = options.hasPhones === true ? CERTIFICATE_KINDS : CARD_KINDS;
  const ceremony = { performedBy: 'o-test', kinds, ...(keyType && { keyType }) };
  if (!options.isBare) mustSucceed(await performCeremony(context, ceremony), 'ceremony');
  const cardKey = makeCardKey();
  return {
    country,
    context,
    signer,
    listsFolder: folder,
    enrol: (persons, municipality = KIYOSE) => enrol(country, persons, municipality),
    issue: async (order) =>
      mustSucceed(
        await issueCertificate(context, testAccess, {
          kind: 'authentication',
          requestId: `request-${++requests}`,
          cardId: `card-${order.residentCode}`,
          cardExpiresOn: '2036-02-17',
          certificationRequest: requestOf(cardKey),
          ...order,
        }),
        'issue',
      ),
  };
}

async function enrol(
  country: TestCountry,
  persons: readonly Readonly<Record<string, string>>[],
  municipality: string,
): Promise<readonly string[]> {
  const session = country.database.session('registry');
  const { context } = country;
  const rejected: unknown[] = [];
  try {
    const outcome = await importRegister(context, {
      municipality,
      text: textOf(registerFile(persons.map(withOwnHousehold))),
      access: testAccess,
      session,
      reject: (row) => Promise.resolve(void rejected.push(row)),
    });
    mustSucceed(outcome, 'import');
    if (rejected.length > 0) throw new Error(`rows were rejected: ${JSON.stringify(rejected)}`);
  } finally {
    await session.end();
  }
  await country.settle();
  return inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    const rows = await tx<{ number: string; code: string }[]>`
      SELECT resident_number AS number, resident_code AS code FROM registry.municipal_resident
      WHERE municipality_code = ${municipality}`;
    const codes = new Map(rows.map(({ number, code }) => [number, code]));
    return persons.map((person) => {
      const code = codes.get(person['resident_number'] ?? '1');
      if (code === undefined) throw new Error('a person was not loaded');
      return code;
    });
  });
}

/** Each the head of a household of their own, unless the test says otherwise. */
const withOwnHousehold = (row: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  household_number: row['resident_number'] ?? '1',
  became_resident_on: '2020-04-01',
  address_fixed_on: '2020-04-01',
  ...row,
});

async function* textOf(text: string): AsyncGenerator<string> {
  yield text;
}
