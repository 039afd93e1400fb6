/**
 * The one driver of the house (postgres.js) with the house's types: 64-bit integers are numbers and throw where a
 * number could not hold them, dates are ISO text (never shifted by a time zone), instants are Date.
 */
import type driver from 'postgres';
import { arrayTypesWith } from './array-types.ts';
import type { TlsPolicy } from './cluster/cluster.ts';
import { postgres } from './mended-driver.ts';

interface HouseTypes extends Record<string, unknown> {
  int8: number;
  date: string;
}

/** A pool of connections of one role. */
export type Sql = driver.Sql<HouseTypes>;
/** A transaction of one role. */
export type Tx = driver.TransactionSql<HouseTypes>;

export interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly max: number;
  readonly ssl?: TlsPolicy;
}

const INT8 = 20;
const DATE = 1082;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Error('a 64-bit integer from the database is not a safe number');
  return value;
}

/** Callers have a back-off of their own; the driver's counts each of a pool's connections and soon waits 20 s. */
const RECONNECT_PAUSE_S = 0.05;

/** Opens a pool; connections are made when first used. */
export function openPool(options: PoolOptions): Sql {
  return postgres({
    ...options,
    ssl: options.ssl ?? false,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    backoff: () => RECONNECT_PAUSE_S,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'ishizue' },
    types: {
      int8: { to: INT8, from: [INT8], serialize: (value: number) => String(value), parse: parseInt8 },
      date: { to: DATE, from: [DATE], serialize: (value: string) => value, parse: (text: string) => text },
      ...arrayTypesWith(parseInt8),
    },
  });
}
