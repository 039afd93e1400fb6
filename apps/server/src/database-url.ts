/**
 * `DATABASE_URL`: a PostgreSQL connection URI with the parameters that are understood here, and no others: one that was
 * passed over in silence could be the one that was to secure the connection.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ServerAddress, TlsPolicy } from '@ishizue/db';
import { type SettingCode, StartRefused } from './start-refused.ts';

/** A server and the name of a database on it. */
export interface DatabasePlace {
  readonly server: ServerAddress;
  readonly name: string;
}

const DEFAULT_PORT = 5432;
const DEFAULT_NAME = 'ishizue';
const NAME = /^[A-Za-z_][\w-]{0,62}$/;
const PARAMETERS = ['host', 'sslmode', 'sslrootcert'] as const;

/** Reads the URL, and the file of root certificates that it names. */
export function readDatabaseUrl(text: string): DatabasePlace {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw malformed('it is not postgres://…');
  const parameters = readParameters(url.searchParams);
  const host = parameters.host ?? url.hostname;
  if (host === '') throw malformed('it names no host');
  // the driver takes an address with colons, or several hosts, apart in the wrong place
  if (!host.startsWith('/') && !/^[\w.-]+$/.test(host)) throw malformed('its host is no host name');
  const name = decoded(url.pathname.slice(1)) || DEFAULT_NAME;
  if (!NAME.test(name)) throw malformed('its path is no name of a database');
  const server = {
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
    ssl: tlsOf(host, parameters),
  };
  return { server, name };
}

type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;

function readParameters(given: URLSearchParams): Parameters {
  const known: readonly string[] = PARAMETERS;
  for (const name of given.keys()) {
    if (!known.includes(name))
      throw refused('database-url-parameter-unknown', `${name} is none of ${PARAMETERS.join(', ')}`);
    if (given.getAll(name).length > 1) throw unfit(`${name} is given twice`);
  }
  return Object.fromEntries(given);
}

function tlsOf(host: string, { sslmode = 'disable', sslrootcert }: Parameters): TlsPolicy {
  if (sslmode !== 'verify-full' && sslrootcert !== undefined)
    throw unfit('sslrootcert is looked at with sslmode=verify-full only');
  if (sslmode === 'disable') return false;
  if (host.startsWith('/')) throw unfit(`a socket’s folder has no TLS, so not sslmode=${sslmode} either`);
  if (sslmode === 'require') return 'require';
  if (sslmode !== 'verify-full') throw unfit('sslmode is one of disable, require, verify-full');
  // the driver would look for the name `localhost` in the certificate
  if (isIP(host) !== 0) throw unfit('sslmode=verify-full needs a host name, which the certificate bears');
  return { rejectUnauthorized: true, ...(sslrootcert !== undefined && { ca: readRoots(sslrootcert) }) };
}

function readRoots(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw refused('database-url-parameter-invalid', `sslrootcert: ${file} cannot be read`, { cause });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw unfit(`sslrootcert: ${file} holds no certificate in PEM`);
  return text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw refused('database-url-malformed', 'it has a % that begins no character', { cause });
  }
}

// the URL holds a password: no refusal repeats it
const refused = (code: SettingCode, detail: string, options?: ErrorOptions): StartRefused =>
  new StartRefused(code, `DATABASE_URL: ${detail}`, options);
const malformed = (detail: string): StartRefused => refused('database-url-malformed', detail);
const unfit = (detail: string): StartRefused => refused('database-url-parameter-invalid', detail);
