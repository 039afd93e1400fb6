/** The ledger entries of a request: one for each case, whether it moved or was refused; those alike share entries. */
import type { Tx } from '@ishizue/db';
import { type OwnPart, type Pseudonyms, recordAlike } from '@ishizue/ledger';
import type { ActingBy } from './acting.ts';

export interface ToRecord {
  readonly site: string;
  readonly pseudonyms: Pseudonyms;
  readonly by: ActingBy;
  readonly at: number;
  readonly article: string;
  /** `${procedure}-${move}` */
  readonly affair: string;
  readonly fields: readonly string[];
}

/** Whose data ('' as undefined: nobody known), and `ok` or the code of the refusal. */
export interface Touched {
  readonly subject: string | undefined;
  readonly result: string;
}

const FIELDS_MAX = 64;

/** Records what was done to cases, in the transaction that does it. */
export async function recordTouched(tx: Tx, entry: ToRecord, touched: readonly Touched[]): Promise<void> {
  if (touched.length === 0) return;
  const { site, pseudonyms, by, at, article, affair, fields } = entry;
  const { kind, id } = by.actor;
  const own = touched.map(
    ({ subject, result }): OwnPart => ({
      subject: subject === undefined || subject === '' ? null : pseudonyms.of(site, subject),
      result,
      correlation: by.correlation,
    }),
  );
  await recordAlike(
    tx,
    {
      site,
      at,
      // nobody is known: the paper is
      actorKind: kind === 'bearer' ? 'system' : kind,
      actor: kind === 'person' ? pseudonyms.of(site, id).toString('hex') : id,
      terminal: by.terminal,
      article,
      affair,
      fields: fields.slice(0, FIELDS_MAX),
    },
    own,
  );
}
