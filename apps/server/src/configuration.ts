/** The server's configuration: the environment read once, checked and frozen. */
import path from 'node:path';

export interface Configuration {
  readonly dataDirectory: string;
  /** An external PostgreSQL, as a URL of a superuser (roles and databases are made); the embedded one where absent. */
  readonly databaseUrl: string | undefined;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How others reach the server: what certificates name as the OCSP responder's place. */
  readonly publicOrigin: string;
  /** Whether a first start loads the demonstration's residents. */
  readonly loadsDemonstration: boolean;
  /** Kiosks answer at any hour: for demonstrations. The rule's hours apply where this is off. */
  readonly kioskAlwaysOpen: boolean;
}

const DEFAULT_PORT = 8280;

export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const port = Number(environment['ISHIZUE_PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('ISHIZUE_PORT is no port');
  const host = environment['ISHIZUE_HOST'] ?? '127.0.0.1';
  return Object.freeze({
    dataDirectory: path.resolve(environment['ISHIZUE_DATA'] ?? '.ishizue'),
    databaseUrl: environment['DATABASE_URL'],
    host,
    port,
    publicOrigin: environment['ISHIZUE_ORIGIN'] ?? `http://${host}:${port === 0 ? DEFAULT_PORT : port}`,
    loadsDemonstration: environment['ISHIZUE_DEMONSTRATION'] !== 'off',
    kioskAlwaysOpen: environment['ISHIZUE_KIOSK_HOURS'] !== 'statutory',
  });
}
