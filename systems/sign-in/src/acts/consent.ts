/**
 * A consent on the page (docs/flows/sign-in.md step 5): to named items, for one client, while the act lasts. It is no
 * consent by JPKI Act 18, which takes the signature key and lasts for years (docs/flows/verifiers.md step 6): this one is
 * given by who has just signed in with the authentication key. With its entry on the person's ledger.
 */
import { inTransaction } from '@ishizue/db';
import type { ConsentItem } from '@ishizue/jpki';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { SignInContext } from '../sign-in-context.ts';
import { findLiveAct } from './find-live-act.ts';

export interface GivenOnPage {
  readonly act: string;
  readonly client: string;
  /** May be none: then the client learns the subject and nothing else. */
  readonly items: readonly ConsentItem[];
  readonly correlation: string;
}

export async function consentOnPage(
  context: SignInContext,
  { act, client, items, correlation }: GivenOnPage,
): Promise<Result<undefined, 'act-ended'>> {
  const live = await findLiveAct(context, act);
  if (!live) return fail('act-ended', 'the sign-in has ended');
  const at = context.clock.now();
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`
      INSERT INTO sign_in.consent (act, client, items, given_at)
      VALUES (${act}, ${client}, ${[...items]}, ${new Date(at)})
      ON CONFLICT (act, client) DO UPDATE SET items = excluded.items, given_at = excluded.given_at`;
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at,
      actorKind: 'person',
      actor: live.pseudonym.toString('hex'),
      terminal: client,
      article: '公的個人認証法 第37条',
      affair: 'sign-in-consent',
      subject: live.pseudonym,
      fields: [...items],
      result: 'ok',
      correlation,
    });
    return ok(undefined);
  });
}
