/**
 * The system at both ends of the simulated links: it numbers what it sends for each link and subject, writes down what it
 * applies, sends some of it on, and refuses what the seed calls poison until that is cured.
 */
import type { SchemaOwner, Tx } from '@ishizue/db';
import type { AddressedMessage, Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import type { Chance } from './chance.ts';

export const simulatedSchema: SchemaOwner = {
  schema: 'simulated',
  migrations: new URL('./fixtures/migrations/', import.meta.url),
  system: true,
};

/** A message before it has its number. */
export interface Draft {
  readonly link: string;
  readonly subject: string;
  /** The second subject that it follows. */
  readonly follows?: string | null;
}

/** A numbered message: the nth of its subject on its link. */
export interface Numbered {
  readonly link: string;
  readonly subject: string;
  readonly n: number;
}

export const idOf = ({ link, subject, n }: Numbered): string => `${link} ${subject} ${n}`;

/** Numbers messages and notes them as sent, in the order given. */
export async function numberDrafts(tx: Tx, drafts: readonly Draft[]): Promise<readonly AddressedMessage[]> {
  const rows = await tx<(Numbered & { place: number; follows: string | null })[]>`
    WITH draft AS (
      SELECT * FROM unnest(${drafts.map((draft) => draft.link)}::text[],
        ${drafts.map((draft) => draft.subject)}::text[], ${drafts.map(({ follows }) => follows ?? null)}::text[])
        WITH ORDINALITY AS d (link, subject, follows, nth)
    )
    INSERT INTO simulated.sent (link, subject, n, follows, followed_n)
    SELECT d.link, d.subject,
           coalesce((SELECT max(s.n) FROM simulated.sent s WHERE s.link = d.link AND s.subject = d.subject), 0)
           + row_number() OVER (PARTITION BY d.link, d.subject ORDER BY d.nth), d.follows,
           coalesce((SELECT max(s.n) FROM simulated.sent s WHERE s.link = d.link AND s.subject = d.follows), 0)
           + (SELECT count(*) FROM draft e WHERE e.link = d.link AND e.subject = d.follows AND e.nth < d.nth)
    FROM draft d ORDER BY d.nth RETURNING place, link, subject, n, follows`;
  return [...rows]
    .sort((a, b) => a.place - b.place)
    .map(({ link, subject, n, follows }) => ({
      link,
      subject,
      topic: n % 5 === 0 ? 'rare' : 'usual',
      body: { n },
      ...(follows && { follows }),
    }));
}

/** What an applied message goes on to, if anything. */
function onwardLinkOf(link: string): string | undefined {
  if (link.startsWith('town/') && link.endsWith('>county/1:simulated')) return 'county/1>centre:simulated';
  return link === 'county/1>centre:simulated' ? 'centre>centre:simulated' : undefined;
}

/** What goes wrong in the transaction that is under way. */
export type Fault = 'none' | 'session-ends' | 'serialization';

export class SimulatedSystem {
  readonly #chance: Chance;
  readonly #cured = new Set<string>();
  /** Set before a receipt; the handler's first call uses it up. */
  fault: Fault = 'none';
  /** A planted fault: the handler takes poison for done without applying it. */
  swallowsPoison = false;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  isPoison(message: Numbered): boolean {
    return this.#chance.happens(`poison ${idOf(message)}`, 0.02);
  }

  cure(message: Numbered): void {
    this.#cured.add(idOf(message));
  }

  readonly handler: Handler = async (tx, context, messages) => {
    const numbered = messages.map((message) => ({ ...message, link: context.link, n: numberOf(message) }));
    const applicable = this.swallowsPoison ? numbered.filter((message) => !this.isPoison(message)) : numbered;
    await this.#apply(tx, context, applicable);
    await this.#fail(tx);
    return messages.map((_, index) => {
      const message = numbered[index];
      return message && applicable.includes(message) ? this.#refusalOf(message) : undefined;
    });
  };

  async #apply(
    tx: Tx,
    context: HandlerContext,
    messages: readonly (ReceivedMessage & Numbered)[],
  ): Promise<void> {
    await tx`
      INSERT INTO simulated.applied (link, seq, subject, n)
      SELECT ${context.link}, * FROM unnest(
        ${messages.map((message) => message.seq)}::bigint[], ${messages.map((message) => message.subject)}::text[],
        ${messages.map((message) => message.n)}::int[])`;
    const onward = onwardLinkOf(context.link);
    if (onward === undefined) return;
    context.send(
      await numberDrafts(
        tx,
        messages.map(({ subject }) => ({ link: onward, subject })),
      ),
    );
  }

  async #fail(tx: Tx): Promise<void> {
    const { fault } = this;
    this.fault = 'none';
    if (fault === 'session-ends') await tx`SELECT pg_terminate_backend(pg_backend_pid())`;
    if (fault === 'serialization')
      await tx.unsafe(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$`);
  }

  #refusalOf(message: Numbered): Failure | undefined {
    if (!this.isPoison(message) || this.#cured.has(idOf(message))) return undefined;
    if (this.#chance.happens(`throws ${idOf(message)}`, 0.5)) throw new RangeError('poison');
    return { code: 'poison', detail: 'as the seed says' };
  }
}

function numberOf(message: ReceivedMessage): number {
  const { body } = message;
  if (typeof body === 'object' && body !== null && 'n' in body && typeof body.n === 'number') return body.n;
  throw new Error('a message without its number');
}
