/**
 * An act of an operator of the key server: who, in which role, for what purpose. Recorded with its result, refusals too,
 * together with the ledger entry, in the transaction that does it. The subject of the entry is the site or terminal.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import type { KeyContext } from './key-context.ts';

/** Who acts. Which roles an operator has, the caller has found out. */
export interface KeyOperator {
  /** The operator's id at the key server's site. */
  readonly operator: string;
  /** The role in which they act. */
  readonly role: string;
  /** Why, in their words; no personal data. 1 to 500 bytes. */
  readonly purpose: string;
  readonly terminal: string;
  readonly correlation: string;
}

export type ActName = 'key-enrol' | 'key-rotate' | 'key-revoke' | 'key-propose' | 'key-approve';

/** What was done, and to which nodes; one entry for each. */
export interface DoneAct {
  readonly act: ActName;
  readonly nodes: readonly string[];
  readonly proposal?: string;
  /** `ok`, or the code of the refusal. */
  readonly result: string;
}

/** The role of what the key server does by itself; no operator can have it, for roles are those that routes demand. */
export const SYSTEM_ROLE = 'system';

const ARTICLE = '住民基本台帳法 本人確認情報の安全確保';
const PURPOSE_BYTES_MAX = 500;

/** Whether the purpose is one: something is said, and not too much. */
export function checkPurpose({ purpose }: KeyOperator): Result<undefined, 'purpose-missing'> {
  const isSaid = purpose.trim() !== '' && Buffer.byteLength(purpose) <= PURPOSE_BYTES_MAX;
  return isSaid ? ok(undefined) : fail('purpose-missing', `1 to ${PURPOSE_BYTES_MAX} bytes say why`);
}

/** Records what was done, in the transaction that does it. */
export async function recordAct(
  tx: Tx,
  { clock, pseudonyms, site }: KeyContext,
  by: KeyOperator,
  { act, nodes, proposal, result }: DoneAct,
): Promise<void> {
  const at = clock.now();
  const touched = nodes.length === 0 ? [null] : [...nodes];
  await tx`
    INSERT INTO key_server.act (at, act, operator, role, purpose, correlation, node, proposal, result)
    SELECT ${new Date(at)}, ${act}, ${by.operator}, ${by.role}, ${by.purpose}, ${by.correlation}, node,
           ${proposal ?? null}, ${result}
    FROM unnest(${touched}::text[]) AS node`;
  await recordEntries(
    tx,
    touched.map((node) => ({
      site,
      at,
      actorKind: by.role === SYSTEM_ROLE ? ('system' as const) : ('operator' as const),
      actor: by.operator,
      terminal: by.terminal,
      article: ARTICLE,
      affair: act,
      subject: node === null ? null : pseudonyms.of(site, `node ${node}`),
      fields: ['node-key'],
      result,
      correlation: by.correlation,
    })),
  );
}

/** Records a refusal in a transaction of its own and answers it. Without a purpose there is no act to record. */
export async function refuseAct<Code extends string>(
  context: KeyContext,
  by: KeyOperator,
  act: Omit<DoneAct, 'result'>,
  failure: Failure<Code>,
): Promise<Result<never, Code>> {
  await inTransaction(context.sql, { site: context.site }, (tx) =>
    recordAct(tx, context, by, { ...act, result: failure.code }),
  );
  return fail(failure.code, failure.detail);
}
