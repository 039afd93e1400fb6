/**
 * A changed resident code ends the card (番号法施行令 art. 14), and the certificates on it go with it: they are revoked in the
 * transaction that takes the notice, not only when cards asks for it. Certificates of before keep the code of before; new
 * ones are issued under the new code. Flow: docs/flows/code-change.md.
 */
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { type CodeChanged, codeChangedBody, NATIONAL_SITE } from '@ishizue/registry';
import { lockPersons } from './issue/issue-store.ts';
import type { JpkiContext } from './jpki-context.ts';
import { type RevocableRow, storeRevocations } from './revoke-certificates.ts';

/** The handler of `resident-code-changed`. */
export function applyCodeChanged(context: JpkiContext): Handler {
  return async (tx, link, messages) => {
    const changes: CodeChanged[] = [];
    const failures = messages.map(({ body }): Failure | undefined => {
      if (link.from !== NATIONAL_SITE)
        return { code: 'sender-not-registry', detail: 'notices come from the national register' };
      const parsed = codeChangedBody.safeParse(body);
      if (!parsed.success)
        return { code: 'code-change-body-invalid', detail: 'the notice is not in the agreed form' };
      changes.push(parsed.data);
      return undefined;
    });
    const codes = changes.map(({ formerCode }) => formerCode);
    if (codes.length === 0) return failures;
    await lockPersons(tx, codes);
    const live = await tx<RevocableRow[]>`
      SELECT kind, serial, resident_code AS "residentCode", false AS "isRevoked" FROM jpki.certificate
      WHERE resident_code = ANY(${codes}) AND revoked_at IS NULL ORDER BY kind, serial FOR UPDATE`;
    const at = context.clock.now();
    await storeRevocations(tx, at, live, 'affiliationChanged');
    await recordEntries(
      tx,
      live.map(({ kind, residentCode }) => ({
        site: NATIONAL_SITE,
        at,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '番号法施行令 第14条',
        affair: 'certificate-revocation',
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        fields: [`${kind}-certificate`, 'resident-code'],
        result: 'revoked',
        correlation: link.link,
      })),
    );
    return failures;
  };
}
