/**
 * The server's configuration: the environment read once, checked and frozen. A value that is not understood is refused
 * before anything is started; one that is empty is as if it were not there.
 */
import { isIP } from 'node:net';
import path from 'node:path';
import { type KeyTypeSettings, readKeyTypes, STATUS_AUDIENCES, type StatusAudience } from '@ishizue/jpki';
import { type DatabasePlace, readDatabaseUrl } from './database-url.ts';
import { StartRefused } from './start-refused.ts';

export interface Configuration {
  readonly dataDirectory: string;
  /** An external PostgreSQL, as its superuser (roles and databases are made); the embedded one where absent. */
  readonly database: DatabasePlace | undefined;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How others reach the server: what certificates name as the OCSP responder's place. Without a slash at the end. */
  readonly publicOrigin: string;
  /** Addresses and networks (CIDR) of proxies whose X-Forwarded-For and Client-Cert are believed. */
  readonly trustedProxies: readonly string[];
  /** Whether there are invented residents, operators whose secrets stand in a file, and the life on the page. */
  readonly isDemonstration: boolean;
  /** Kiosks answer at any hour: for demonstrations. The rule's hours apply where this is off. */
  readonly kioskAlwaysOpen: boolean;
  /** Of OCSP responders that are made from now on. */
  readonly ocspKey: 'rsa-2048' | 'p-256';
  /** Whom lists of revoked certificates and OCSP are for. */
  readonly statusFor: StatusAudience;
  /** Which kinds of keys are certified from which day on, beyond what is in force. */
  readonly keyTypes: KeyTypeSettings;
  /** In how many days every municipality is compared in full once, at both tiers. */
  readonly comparison_days: number;
}

const DEFAULT_PORT = 8280;
const PROXIES_MAX = 64;
const HOST_NAME = /^[A-Za-z0-9]([\w.-]{0,252})$/;

/** @throws {StartRefused} for the first value that cannot be used */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const setting = (name: string): string | undefined => environment[name] || undefined;
  const host = readHost(setting('ISHIZUE_HOST') ?? '127.0.0.1');
  const port = readPort(setting('ISHIZUE_PORT') ?? String(DEFAULT_PORT));
  const shownHost = isIP(host) === 6 ? `[${host}]` : host;
  const origin = setting('ISHIZUE_ORIGIN') ?? `http://${shownHost}:${port === 0 ? DEFAULT_PORT : port}`;
  const databaseUrl = setting('DATABASE_URL');
  return Object.freeze({
    dataDirectory: path.resolve(setting('ISHIZUE_DATA') ?? '.ishizue'),
    database: databaseUrl === undefined ? undefined : readDatabaseUrl(databaseUrl),
    host,
    port,
    publicOrigin: readOrigin(origin),
    trustedProxies: Object.freeze(readProxies(setting('ISHIZUE_TRUSTED_PROXIES') ?? '')),
    isDemonstration: readChoice('ISHIZUE_DEMONSTRATION', setting, ['on', 'off']) === 'on',
    kioskAlwaysOpen: readChoice('ISHIZUE_KIOSK_HOURS', setting, ['always', 'statutory']) === 'always',
    ocspKey: readChoice('ISHIZUE_OCSP_KEY', setting, ['rsa-2048', 'p-256']),
    statusFor: readChoice('ISHIZUE_STATUS_FOR', setting, STATUS_AUDIENCES),
    keyTypes: Object.freeze(readKeyTypeSettings(setting)),
    comparison_days: readDays('ISHIZUE_COMPARISON_DAYS', setting('ISHIZUE_COMPARISON_DAYS') ?? '7'),
  });
}

const invalid = (name: string, detail: string): StartRefused =>
  new StartRefused('setting-invalid', `${name}: ${detail}`);

function readHost(text: string): string {
  if (isIP(text) === 0 && !HOST_NAME.test(text))
    throw invalid('ISHIZUE_HOST', `${text} is neither an address nor a host name`);
  return text;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw invalid('ISHIZUE_PORT', `${text} is no port`);
  return port;
}

function readOrigin(text: string): string {
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  if (!isOrigin) throw invalid('ISHIZUE_ORIGIN', `${text} is not of the form https://host[:port]`);
  return url.origin;
}

function readProxies(text: string): readonly string[] {
  const proxies = text.split(',').flatMap((entry) => entry.trim() || []);
  const wrong = proxies.find((entry) => !isNetwork(entry));
  if (wrong !== undefined)
    throw invalid('ISHIZUE_TRUSTED_PROXIES', `${wrong} is neither an address nor a network like 10.0.0.0/8`);
  if (proxies.length > PROXIES_MAX) throw invalid('ISHIZUE_TRUSTED_PROXIES', `more than ${PROXIES_MAX}`);
  return proxies;
}

function isNetwork(entry: string): boolean {
  const [address = '', length, ...more] = entry.split('/');
  const bits = isIP(address) === 4 ? 32 : 128;
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return false;
  // a length of 0 would believe everyone
  return length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= bits);
}

function readKeyTypeSettings(setting: (name: string) => string | undefined): KeyTypeSettings {
  const names = { holder: 'ISHIZUE_HOLDER_KEYS', authority: 'ISHIZUE_AUTHORITY_KEYS' };
  const texts = { holder: setting(names.holder) ?? '', authority: setting(names.authority) ?? '' };
  const read = readKeyTypes(texts);
  if (!read.ok) throw invalid(`${names.holder} or ${names.authority}`, read.failure.detail);
  return texts;
}

function readDays(name: string, text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw invalid(name, `${text} is not a number of days from 1 to 999`);
  return Number(text);
}

/** One of the choices; the first where the setting is absent. */
function readChoice<const Choices extends readonly [string, ...string[]]>(
  name: string,
  setting: (name: string) => string | undefined,
  choices: Choices,
): Choices[number] {
  const text = setting(name) ?? choices[0];
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw invalid(name, `${text} is none of ${choices.join(', ')}`);
  return found;
}
