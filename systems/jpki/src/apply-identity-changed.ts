/**
 * The registry's notices (異動等情報) reach JPKI by the link `national>national:jpki`, for flow docs/flows/life.md step 8: what a
 * notice concerns is revoked in the transaction that takes it, and acknowledged when that is committed. Set-based: one
 * statement finds the certificates of a whole batch. Notices about people without certificates leave no trace here.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import {
  type Access,
  IDENTITY_CHANGED,
  type IdentityChanged,
  identityChangedBody,
  NATIONAL_SITE,
  RESIDENT_CODE_CHANGED,
} from '@ishizue/registry';
import { applyCodeChanged } from './apply-code-changed.ts';
import { decideRevocation, isWithoutEffect } from './decide-revocation.ts';
import { lockPersons } from './issue/issue-store.ts';
import { phonesEndedWith } from './issue/phone-orders.ts';
import type { JpkiContext } from './jpki-context.ts';
import { CARD_KIND_OF, type CardKind, type CertificateKind } from './profile/certificate-kind.ts';
import { recordAccess } from './record-access.ts';
import { storeRevocations } from './revoke-certificates.ts';

/** The handlers by topic, for the link's receiver. */
export const jpkiTopics = (context: JpkiContext): Readonly<Record<string, Handler>> => ({
  [IDENTITY_CHANGED]: applyIdentityChanged(context),
  [RESIDENT_CODE_CHANGED]: applyCodeChanged(context),
});

interface Notice {
  readonly body: IdentityChanged;
  readonly seq: number;
}

interface HeldCertificate {
  readonly kind: CertificateKind;
  readonly serial: number;
  readonly residentCode: string;
  readonly identitySha256: Buffer | null;
}

/** A certificate with the notices about its holder, in order, and what they have come to. */
interface Outcome {
  readonly certificate: HeldCertificate;
  readonly revokedBy: Notice | undefined;
  /** Set where a minor correction has changed what the certificate stands for. */
  readonly carriedOn: Buffer | undefined;
  readonly lookedAt: readonly Notice[];
}

/** The handler of `identity-changed`. */
export function applyIdentityChanged(context: JpkiContext): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    const notices: Notice[] = [];
    for (const message of messages) {
      const notice = parseNotice(link, message);
      failures.push('code' in notice ? notice : undefined);
      if ('body' in notice && !isWithoutEffect(notice.body)) notices.push(notice);
    }
    if (notices.length > 0) await apply(tx, context, link, notices);
    return failures;
  };
}

function parseNotice(link: HandlerContext, { body, seq }: ReceivedMessage): Notice | Failure {
  if (link.from !== NATIONAL_SITE)
    return { code: 'sender-not-registry', detail: 'notices come from the national register' };
  const parsed = identityChangedBody.safeParse(body);
  return parsed.success
    ? { body: parsed.data, seq }
    : { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };
}

async function apply(
  tx: Tx,
  context: JpkiContext,
  link: HandlerContext,
  notices: readonly Notice[],
): Promise<void> {
  const byPerson = Map.groupBy(notices, ({ body }) => body.residentCode);
  const codes = [...byPerson.keys()];
  await lockPersons(tx, codes);
  const now = context.clock.now();
  const held = await tx<HeldCertificate[]>`
    SELECT kind, serial, resident_code AS "residentCode", identity_sha256 AS "identitySha256" FROM jpki.certificate
    WHERE resident_code = ANY(${codes}) AND revoked_at IS NULL AND expires_at >= ${new Date(now)}
    ORDER BY kind, serial FOR UPDATE`;
  const outcomes = held.map((certificate) =>
    decide(certificate, byPerson.get(certificate.residentCode) ?? []),
  );
  const revoked = outcomes.filter(({ revokedBy }) => revokedBy).map(({ certificate }) => certificate);
  await storeRevocations(tx, now, revoked, 'affiliationChanged');
  await recordEndedPhones(tx, context, link, revoked);
  await carryOn(tx, outcomes);
  await recordEntries(
    tx,
    outcomes.flatMap((outcome) => entriesOf(context, link, outcome, now)),
  );
}

/** What the card's certificates took along and no notice was held against by itself. */
async function recordEndedPhones(
  tx: Tx,
  context: JpkiContext,
  link: HandlerContext,
  revoked: readonly HeldCertificate[],
): Promise<void> {
  const named = new Set(revoked.map(({ kind, serial }) => `${kind} ${serial}`));
  const phones = await phonesEndedWith(tx, revoked);
  await recordAccess(
    tx,
    context,
    phones
      .filter(({ kind, serial }) => !named.has(`${kind} ${serial}`))
      .map(({ kind, residentCode }) => ({
        access: accessOf(link, kind),
        residentCode,
        kind,
        result: 'revoked',
      })),
  );
}

const accessOf = (link: HandlerContext, kind: CertificateKind): Access => ({
  actorKind: 'site',
  actor: link.from,
  terminal: 'link',
  article: ARTICLES[CARD_KIND_OF[kind]],
  affair: 'certificate-revocation',
  correlation: link.link,
});

const ARTICLES: Readonly<Record<CardKind, string>> = {
  signature: '公的個人認証法 第12条',
  authentication: '公的個人認証法 第31条',
};

function decide(certificate: HeldCertificate, notices: readonly Notice[]): Outcome {
  let { identitySha256 } = certificate;
  let carriedOn: Buffer | undefined;
  const lookedAt: Notice[] = [];
  for (const notice of notices) {
    lookedAt.push(notice);
    const decision = decideRevocation(notice.body, { ...certificate, identitySha256 });
    if (decision.effect === 'revoke')
      return { certificate, revokedBy: notice, carriedOn: undefined, lookedAt };
    if (decision.effect === 'carry-on') identitySha256 = carriedOn = decision.identitySha256;
  }
  return { certificate, revokedBy: undefined, carriedOn, lookedAt };
}

async function carryOn(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
  const corrected = outcomes.filter(({ carriedOn }) => carriedOn);
  if (corrected.length === 0) return;
  await tx`
    UPDATE jpki.certificate c SET identity_sha256 = decode(given.sha256, 'hex')
    FROM unnest(${corrected.map(({ certificate }) => certificate.kind)}::text[],
      ${corrected.map(({ certificate }) => certificate.serial)}::int[],
      ${corrected.map(({ carriedOn }) => carriedOn?.toString('hex') ?? '')}::text[]) AS given(kind, serial, sha256)
    WHERE c.kind = given.kind AND c.serial = given.serial`;
}

/** One entry for each notice that was held against a certificate: also that one was looked at and left is an access. */
function entriesOf(context: JpkiContext, link: HandlerContext, outcome: Outcome, at: number) {
  const { certificate, revokedBy, lookedAt } = outcome;
  return lookedAt.map((notice) => ({
    site: NATIONAL_SITE,
    at,
    ...accessOf(link, certificate.kind),
    subject: context.pseudonyms.of(NATIONAL_SITE, certificate.residentCode),
    fields: [`${certificate.kind}-certificate`, notice.body.reason],
    result: notice === revokedBy ? 'revoked' : 'not-revoked',
    correlation: `${link.link}/${notice.seq}`,
  }));
}
