/**
 * Whether what began with a card's signature may go on. Asked at every step of the protocol, from the rows of this instant:
 * an act ends when its time is over, when its holder ends it, and when its certificate is revoked or runs out, as it is
 * when the holder has died or the card is void.
 */
import { inTransaction } from '@ishizue/db';
import { findHolder } from '@ishizue/jpki';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { SignInContext } from '../sign-in-context.ts';

export interface LiveAct {
  readonly act: string;
  readonly holder: string;
  readonly pseudonym: Buffer;
  readonly serial: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function findLiveAct(
  { sql, clock, jpki, pseudonyms }: Pick<SignInContext, 'sql' | 'clock' | 'jpki' | 'pseudonyms'>,
  act: string,
): Promise<LiveAct | undefined> {
  if (!UUID.test(act)) return undefined;
  const [row] = await inTransaction(
    sql,
    { site: NATIONAL_SITE },
    (tx) => tx<LiveAct[]>`
      SELECT act, holder, pseudonym, serial FROM sign_in.act
      WHERE act = ${act} AND ended_at IS NULL AND ends_at > ${new Date(clock.now())}`,
  );
  if (!row) return undefined;
  const residentCode = await findHolder(jpki, row.serial);
  const isTheirs =
    residentCode !== undefined && pseudonyms.of(NATIONAL_SITE, residentCode).equals(row.pseudonym);
  return isTheirs ? { ...row } : undefined;
}

/** The person behind an act, live or not, for subjects. */
export async function holderOfAct({ sql }: Pick<SignInContext, 'sql'>, act: string): Promise<string> {
  const [row] = await inTransaction(
    sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ holder: string }[]>`SELECT holder FROM sign_in.act WHERE act = ${act}`,
  );
  if (!row) throw new Error('an act that the protocol names is not there');
  return row.holder;
}
