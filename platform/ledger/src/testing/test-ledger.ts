/**
 * For the ledger's tests: a business system that writes entries, and a signer that keeps the rules of the real one in
 * memory (same size and root again: yes; another root, or a tree that did not grow from the last one signed: no).
 */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '@ishizue/clock';
import { type Database, inTransaction, type SchemaOwner, type Sql } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import type { LedgerEntry } from '../leaf.ts';
import { ledgerSchema } from '../ledger-schema.ts';
import { Pseudonyms } from '../pseudonyms.ts';
import { recordEntries } from '../record-entries.ts';
import { type SealReport, seal } from '../seal.ts';
import type { CheckpointSignature, CheckpointSigner, SignRequest } from '../sign-checkpoints.ts';
import { formatCheckpoint } from '../tree/checkpoint.ts';
import { EMPTY_ROOT } from '../tree/hashes.ts';
import type { VerifierKey } from '../tree/signed-note.ts';
import { verifyConsistency } from '../tree/verify-proofs.ts';

/** A business system with one table. */
const counterSchema: SchemaOwner = {
  schema: 'counter',
  migrations: new URL('migrations/', import.meta.url),
  system: true,
};

export const OWNERS: readonly SchemaOwner[] = [ledgerSchema, counterSchema];

export const SITE = 'municipal/131016';
export const pseudonyms = new Pseudonyms((site) => Buffer.alloc(32, site));

/** An entry about a person, like those that a counter writes. */
export function entryOf(person: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  const site = more.site ?? SITE;
  return {
    site,
    at: Date.parse('2026-11-22T01:02:03.456Z'),
    actorKind: 'operator',
    actor: 'operator-7',
    terminal: 'counter-3',
    article: '住民基本台帳法 第12条',
    affair: 'resident-record-copy',
    subject: pseudonyms.of(site, person),
    fields: ['name', 'address'],
    result: 'ok',
    correlation: randomUUID(),
    ...more,
  };
}

/** Writes entries as the business system, in one transaction that works for one site after the other. */
export async function record(database: Database, ...entries: readonly LedgerEntry[]): Promise<void> {
  await inTransaction(database.pool('counter'), {}, async (tx) => {
    for (const [site, some] of Map.groupBy(entries, (entry) => entry.site)) {
      await tx`SELECT set_config('ishizue.site', ${site}, true)`;
      await recordEntries(tx, some);
    }
  });
}

/** A superuser's pool for tampering; the test ends it. */
export function tamperer(database: Database, context: { after(work: () => Promise<void>): void }): Sql {
  const superuser = database.superuser();
  context.after(() => superuser.end({ timeout: 5 }));
  return superuser;
}

interface Head {
  readonly size: number;
  readonly root: Buffer;
}

export class TestSigner implements CheckpointSigner {
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;
  readonly heads = new Map<string, Head>();
  readonly requests: SignRequest[] = [];
  /** Called after a signature was made and before it is handed over: throw to crash there. */
  afterSigning: (request: SignRequest) => void = () => undefined;
  /** Sites that are refused. */
  readonly refusing = new Set<string>();

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.#privateKey = privateKey;
    this.#publicKey = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  }

  originOf(site: string): string {
    return `ledger.example/${site}`;
  }

  keyOf(site: string): VerifierKey {
    return { name: this.originOf(site), publicKey: this.#publicKey };
  }

  // oxlint-disable-next-line require-await -- an interface that is asynchronous elsewhere
  async sign(request: SignRequest): Promise<Result<CheckpointSignature>> {
    this.requests.push(request);
    const { origin, size, rootHash, previousSize, consistencyProof, site } = request;
    if (this.refusing.has(site)) return fail('signer-closed', 'the test wants it');
    const last = this.heads.get(origin) ?? { size: 0, root: EMPTY_ROOT };
    if (size < last.size) return fail('checkpoint-smaller', 'a greater tree was signed');
    if (size > last.size && previousSize !== last.size) return fail('checkpoint-previous-differs', 'a gap');
    const proof = size === last.size ? [] : consistencyProof;
    const claim = { oldSize: last.size, oldRoot: last.root, newSize: size, newRoot: rootHash, proof };
    if (!verifyConsistency(claim).ok) return fail('checkpoint-inconsistent', 'another tree was signed');
    this.heads.set(origin, { size, root: rootHash });
    const signature = sign(null, Buffer.from(formatCheckpoint(request)), this.#privateKey);
    this.afterSigning(request);
    return ok({ key: this.keyOf(site), signature });
  }
}

/**
 * Waits until every transaction that has begun is finished, in all databases of the server: those of other test files
 * hold back what is settled here too.
 */
export async function settled(sql: Sql): Promise<void> {
  const [start] = await sql<{ next: string }[]>`SELECT pg_snapshot_xmax(pg_current_snapshot()) AS next`;
  for (let left = 2000; left > 0; left--) {
    const [now] = await sql<{ done: boolean }[]>`
      SELECT pg_snapshot_xmin(pg_current_snapshot()) >= ${start?.next ?? ''}::xid8 AS done`;
    if (now?.done) return;
    await setTimeout(10);
  }
  throw new Error('a transaction of this server has been running for 20 seconds');
}

/** Seals what was recorded so far; a refusal is a throw. */
export async function sealed(sql: Sql, signer: TestSigner, clock: Clock): Promise<SealReport> {
  await settled(sql);
  return mustSucceed(await seal(sql, clock, signer), 'seal');
}
