/**
 * A process that completes hand-overs and is killed, as by kill -9, in the last of them: its connections break off where they are.
 * Started by hand-over/complete-hand-over.test.ts, which hands its order over in the environment. Of each hand-over whose answer
 * it gave it writes a line.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { ManualClock } from '@ishizue/clock';
import { reopenTestDatabase } from '@ishizue/db/testing';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed, ok } from '@ishizue/outcome';
import { procedureSchema } from '@ishizue/procedure';
import { registrySchema } from '@ishizue/registry';
import { testAccess, testNumberCipher } from '@ishizue/registry/testing';
import type { CardsContext, ProvedCard } from '../cards-context.ts';
import type { CardPress } from '../contents/card-press.ts';
import { type CounterProof, completeHandOver } from '../hand-over/complete-hand-over.ts';
import { cardsSchema } from '../schema.ts';

/** Octets are base64. */
export interface HandingOverOrder {
  readonly database: string;
  readonly now: number;
  readonly handOvers: readonly {
    /** `answered`; `unanswered`: killed after its commit; `uncommitted`: killed before it. */
    readonly until: 'answered' | 'unanswered' | 'uncommitted';
    /** What the authority says of the signature. */
    readonly proved: ProvedCard;
    readonly proof: Omit<CounterProof, 'certificate' | 'signature' | 'faceSha256'> &
      Readonly<Record<'certificate' | 'signature' | 'faceSha256', string>>;
  }[];
}

export const ORDER_VARIABLE = 'ISHIZUE_TEST_HANDING_OVER_ORDER';

const order: HandingOverOrder = JSON.parse(process.env[ORDER_VARIABLE] ?? '{}');
const schemas = [linkSchema, ledgerSchema, registrySchema, procedureSchema, cardsSchema];
const database = reopenTestDatabase(order.database, schemas);
const clock = new ManualClock(order.now);
const keyOf = (site: string): Buffer => createHash('sha256').update(`pseudonyms of ${site}`).digest();
const registry = {
  sql: database.pool('registry'),
  clock,
  pseudonyms: new Pseudonyms(keyOf),
  municipalities: new MunicipalityDirectory(bundledReference()),
  numbers: testNumberCipher,
  newRecordLinks: () => [],
  recordChangeLinks: () => [],
  changeLinks: [],
  wake: () => undefined,
};
const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

for (const { until, proved, proof } of order.handOvers) {
  const pseudonyms = new Pseudonyms((site) => {
    // asked for when the ledger's entry is written, which is the last thing before the commit
    if (until === 'uncommitted') process.kill(process.pid, 'SIGKILL');
    return keyOf(site);
  });
  const context: CardsContext = {
    sql: database.pool('cards'),
    clock,
    pseudonyms,
    registry,
    certification: {
      issueCertificate: () => Promise.reject(new Error('nothing is issued here')),
      revokeForCard: () => Promise.reject(new Error('nothing is revoked here')),
      proveCard: () => Promise.resolve(ok(proved)),
    },
    press: {} as CardPress, // a hand-over writes nothing onto a chip
  };
  const done = await completeHandOver(context, testAccess, {
    ...proof,
    certificate: fromBase64(proof.certificate),
    signature: fromBase64(proof.signature),
    faceSha256: fromBase64(proof.faceSha256),
  });
  const card = mustSucceed(done, 'the act');
  if (until === 'answered') writeSync(1, `${JSON.stringify(card)}\n`);
}
