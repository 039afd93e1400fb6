/**
 * A small country for the tests of systems: real PostgreSQL, real links between its sites (signed with keys of this
 * process), the registry at all three tiers, and whatever systems a test adds.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { TestContext } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { writeRecord } from '@ishizue/csv';
import type { Database, SchemaOwner } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import {
  Dispatcher,
  type Handler,
  inProcessTransport,
  linkSchema,
  openLinks,
  openSite,
  parseLinkName,
  Receivers,
  SIGNATURE_PREFIX,
  type Signing,
} from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { moveTopics } from '../moves/move-topics.ts';
import { registryTopics } from '../receivers.ts';
import { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from '../registry-context.ts';
import { registrySchema } from '../schema.ts';
import { type StandInMoves, standInMoves } from './stand-in-moves.ts';
import { testNumberCipher } from './test-number-cipher.ts';

export { grantSupport } from './grant-support.ts';
export { details as samplePerson } from './samples.ts';

export const KIYOSE = '132217';
export const KAMAKURA = '142042';

/** The access that tests act under. */
export const testAccess: Access = {
  actorKind: 'operator',
  actor: 'o-test',
  terminal: 't-1',
  article: '住民基本台帳法 第22条',
  affair: 'resident-registration',
  correlation: 'test',
};

/** What a test adds to the registry: its schemas, its links, and its handlers once contexts are there. */
export interface CountryOptions {
  readonly municipalities?: readonly string[];
  readonly schemas?: readonly SchemaOwner[];
  /** Links `from>to:system` besides the registry's own. */
  readonly links?: readonly string[];
  readonly newRecordLinks?: RegistryContext['newRecordLinks'];
  readonly recordChangeLinks?: RegistryContext['recordChangeLinks'];
  readonly changeLinks?: readonly string[];
  readonly now?: string;
}

export interface TestCountry {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly context: RegistryContext;
  readonly moves: StandInMoves;
  readonly pseudonyms: Pseudonyms;
  /** For decisions on tickets. */
  readonly receivers: Receivers;
  /** Lets another system receive. Call before anything is sent to it. */
  register(system: string, topics: Readonly<Record<string, Handler>>): void;
  wake(): void;
  /** Waits until every message sent is applied, held or parked. */
  settle(): Promise<void>;
}

/** Stands in for the signer's FF1: a fixed bijection of strings of digits. */
export function scramble(values: readonly string[]): Promise<readonly string[]> {
  return Promise.resolve(
    values.map((value) => {
      const size = 10n ** BigInt(value.length);
      return String((BigInt(value) * 7_654_321_987n + 1_234_567n) % size).padStart(value.length, '0');
    }),
  );
}

export async function testCountry(
  t: Pick<TestContext, 'after'>,
  options: CountryOptions = {},
): Promise<TestCountry> {
  const municipalities = options.municipalities ?? [KIYOSE, KAMAKURA];
  const directory = new MunicipalityDirectory(bundledReference());
  const schemas = [linkSchema, ledgerSchema, registrySchema, ...(options.schemas ?? [])];
  let dispatcher: Dispatcher | undefined;
  // registered before the database's own clean-up: what is on its way ends while there is a database
  t.after(() => dispatcher?.stop());
  const database = await testDatabase(t, schemas);
  const links = [...registryLinks(directory, municipalities), ...(options.links ?? [])];
  const sites = new TestSites();
  await openAll(database, sites, links);

  const clock = new ManualClock(options.now ?? '2026-11-20T01:00:00Z');
  const pseudonyms = new Pseudonyms((site) => createHash('sha256').update(`pseudonyms of ${site}`).digest());
  const wake = (): void => dispatcher?.wake();
  const context: RegistryContext = {
    sql: database.pool('registry'),
    clock,
    pseudonyms,
    municipalities: directory,
    numbers: testNumberCipher,
    newRecordLinks: options.newRecordLinks ?? (() => []),
    recordChangeLinks: options.recordChangeLinks ?? (() => []),
    changeLinks: options.changeLinks ?? [],
    wake,
  };
  const sql = database.pool('link');
  const receivers = new Receivers({ sql, sites: sites.names, signing: sites, clock, onSent: wake });
  const register = (system: string, topics: Readonly<Record<string, Handler>>): void =>
    receivers.register({ system, pool: database.pool(system), topics });
  const moves = standInMoves(context, municipalities);
  register('registry', { ...registryTopics(context, scramble), ...moveTopics(moves) });
  dispatcher = new Dispatcher({
    sql,
    sites: sites.names,
    signing: sites,
    clock: { now: () => performance.now() },
    transport: inProcessTransport(receivers),
    random: () => 0.5,
  });
  dispatcher.start();
  const settle = async (): Promise<void> => {
    if (!dispatcher) throw new Error('the country is closed');
    mustSucceed(await dispatcher.drain({ timeoutMs: 20_000 }), 'the links did not fall silent');
  };
  return { database, clock, context, moves, pseudonyms, receivers, register, wake, settle };
}

function registryLinks(
  directory: MunicipalityDirectory,
  municipalities: readonly string[],
): readonly string[] {
  const prefectures = new Set(municipalities.map((code) => directory.getMunicipality(code).prefecture));
  return [
    ...municipalities.flatMap((code) => {
      const prefecture = prefecturalSite(directory.getMunicipality(code).prefecture);
      return [
        `${municipalSite(code)}>${prefecture}:registry`,
        `${municipalSite(code)}>${NATIONAL_SITE}:registry`,
        `${NATIONAL_SITE}>${municipalSite(code)}:registry`,
        `${prefecture}>${municipalSite(code)}:registry`,
      ];
    }),
    ...[...prefectures].map((code) => `${prefecturalSite(code)}>${NATIONAL_SITE}:registry`),
    ...[...prefectures].map((code) => `${NATIONAL_SITE}>${prefecturalSite(code)}:registry`),
  ];
}

/** The sites' keys, made when first asked for. */
class TestSites implements Signing {
  readonly #keys = new Map<string, { readonly privateKey: KeyObject; readonly publicKey: Buffer }>();

  get names(): readonly string[] {
    return [...this.#keys.keys()];
  }

  keyOf(site: string): { readonly privateKey: KeyObject; readonly publicKey: Buffer } {
    const known = this.#keys.get(site);
    if (known) return known;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pair = { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32) };
    this.#keys.set(site, pair);
    return pair;
  }

  signEnvelope(site: string, header: string): Promise<Buffer> {
    return Promise.resolve(sign(null, Buffer.from(SIGNATURE_PREFIX + header), this.keyOf(site).privateKey));
  }

  signAcknowledgement(site: string, header: string): Promise<Buffer> {
    return this.signEnvelope(site, header);
  }
}

async function openAll(database: Database, sites: TestSites, links: readonly string[]): Promise<void> {
  const names = links.map((link) => mustSucceed(parseLinkName(link), link));
  const sql = database.pool('link');
  for (const site of new Set(names.flatMap(({ from, to }) => [from, to]))) {
    const opened = await openSite(sql, { site, name: site, publicKey: sites.keyOf(site).publicKey });
    mustSucceed(opened, site);
  }
  await openLinks(sql, names);
}

export { type StandInMoves, shownCard } from './stand-in-moves.ts';
export { sealed, testNumberCipher } from './test-number-cipher.ts';

/** A register file of the given rows, with sound values for the columns that a row leaves out. */
export function registerFile(rows: readonly Readonly<Record<string, string>>[]): string {
  const columns = Object.keys(SOUND_ROW);
  const extra = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => !columns.includes(name),
  );
  const header = [...columns, ...extra];
  const lines = rows.map((row) => header.map((name) => row[name] ?? SOUND_ROW[name] ?? ''));
  return [header, ...lines].map(writeRecord).join('');
}

const SOUND_ROW: Readonly<Record<string, string>> = {
  resident_number: '1',
  household_number: '1',
  relationship: '世帯主',
  name: '石川　遥',
  name_kana: 'イシカワ　ハルカ',
  birth_date: '1980-02-17',
  sex: '2',
  nationality: 'JPN',
  ward_code: '',
  postal_code: '2040021',
  town: '元町一丁目',
  lot: '4番5号',
  building: '',
  domicile: '東京都清瀬市元町一丁目4番',
  family_register_head: '石川　太郎',
  became_resident_on: '2001-04-01',
  address_fixed_on: '2001-04-01',
};
