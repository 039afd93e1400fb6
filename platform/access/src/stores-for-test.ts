/**
 * The stores of this package on a database of their own, with a clock that stands still and a hasher as weak as a test
 * may have it (the work itself is tested with the hasher).
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { testDatabase } from '@ishizue/db/testing';
import { accessSchema } from './access-schema.ts';
import { Challenges } from './challenges.ts';
import { Operators } from './operators.ts';
import { SecretHasher } from './secret-hash.ts';
import { Sessions } from './sessions.ts';
import { SiteNonces } from './site-nonces.ts';

export const SITE = 'municipal/131016';
export const OTHER_SITE = 'municipal/271004';
export const SECRET = 'a secret that is long enough';
export const MINUTE_MS = 60_000;

/** The stores of a test. */
export async function storesForTest(t: TestContext) {
  const database = await testDatabase(t, [accessSchema]);
  const sql = database.pool('access');
  const clock = new ManualClock('2026-04-01T00:00:00Z');
  const sessions = new Sessions({ sql, clock });
  const hasher = new SecretHasher({ parameters: { costLog2: 4, blockSize: 8, parallelisation: 1 } });
  return {
    database,
    sql,
    clock,
    sessions,
    operators: new Operators({ sql, clock, sessions, hasher }),
    challenges: new Challenges({ sql, clock }),
    nonces: new SiteNonces({ sql, clock }),
  };
}

/** An operator with the secret and the role `clerk`; answers the id. */
export async function addOperator(operators: Operators, site = SITE): Promise<string> {
  const added = await operators.add({ site, displayName: '窓口 花子', roles: ['clerk'], secret: SECRET });
  assert.ok(added.ok);
  return added.value.id;
}

/** The code of a failure, or `ok`. */
export const codeOf = (
  result: { readonly ok: true } | { readonly ok: false; readonly failure: { readonly code: string } },
): string => (result.ok ? 'ok' : result.failure.code);
