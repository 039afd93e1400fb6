/** What holders see of their sign-ins, and how they end one (docs/flows/sign-in.md step 8). Looking and ending are entries. */
import { inTransaction, type Tx } from '@ishizue/db';
import type { ConsentItem } from '@ishizue/jpki';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { SignInContext } from '../sign-in-context.ts';

export interface OwnAct {
  readonly act: string;
  readonly signedAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
  /** Who was signed in at, and which items they may be told. */
  readonly clients: readonly { readonly organisation: string; readonly items: readonly ConsentItem[] }[];
}

/** Who looks or ends: the pseudonym that their session names. */
interface Self {
  readonly pseudonym: Buffer;
  readonly correlation: string;
}

const SHOWN_MAX = 200;

export function ownActs(context: SignInContext, self: Self): Promise<readonly OwnAct[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await recordOwn(tx, context, self, 'own-sign-ins', 'ok');
    const rows = await tx<OwnAct[]>`
      SELECT a.act, a.signed_at AS "signedAt", a.ends_at AS "endsAt", a.ended_at AS "endedAt",
        coalesce((SELECT jsonb_agg(jsonb_build_object('organisation', coalesce(l.on_behalf_of, l.verifier), 'items', c.items)
          ORDER BY c.given_at) FROM sign_in.consent c JOIN sign_in.client l USING (client) WHERE c.act = a.act), '[]') AS clients
      FROM sign_in.act a
      WHERE a.holder = (SELECT holder FROM sign_in.holder_pseudonym WHERE pseudonym = ${self.pseudonym})
      ORDER BY a.signed_at DESC LIMIT ${SHOWN_MAX}`;
    return rows.map((row) => ({ ...row }));
  });
}

/** Ends an act with its sessions, grants and tokens; again, it changes nothing. */
export function endOwnAct(
  context: SignInContext,
  self: Self,
  act: string,
): Promise<Result<undefined, 'act-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [mine] = await tx`
      SELECT FROM sign_in.act JOIN sign_in.holder_pseudonym p USING (holder)
      WHERE act = ${act} AND p.pseudonym = ${self.pseudonym} FOR UPDATE OF act`;
    if (mine) {
      await tx`
        UPDATE sign_in.act SET ended_at = ${new Date(context.clock.now())} WHERE act = ${act} AND ended_at IS NULL`;
      await tx`DELETE FROM sign_in.artefact WHERE account = ${act}`;
    }
    await recordOwn(tx, context, self, 'sign-in-end', mine ? 'ok' : 'act-unknown');
    return mine ? ok(undefined) : fail('act-unknown', 'no sign-in of yours has this id');
  });
}

const recordOwn = (
  tx: Tx,
  { clock }: SignInContext,
  { pseudonym, correlation }: Self,
  affair: string,
  result: string,
): Promise<void> =>
  recordEntry(tx, {
    site: NATIONAL_SITE,
    at: clock.now(),
    actorKind: 'person',
    actor: pseudonym.toString('hex'),
    terminal: 'sign-in',
    article: '住民基本台帳法 第30条の32',
    affair,
    subject: pseudonym,
    fields: ['sign-ins'],
    result,
    correlation,
  });
