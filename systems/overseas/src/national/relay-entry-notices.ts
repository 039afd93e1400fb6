/**
 * The national site passes notices of art. 19 on from the municipality of residence to the one of domicile, so that no two
 * municipalities need a link of their own. Of a notice it keeps a ledger entry and nothing else: the text is in the
 * outbox until the domicile has it. A person's order is kept, for the subject is the same on both links, and what a changed code follows too. What cannot
 * be passed on waits here under a ticket. Flow: docs/flows/overseas.md step 3.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import { type DomicileFailure, resolveDomicile } from '../domicile/resolve-domicile.ts';
import {
  codesOf,
  ENTRY_NOTICE,
  type EntryNotice,
  entryNoticeBody,
  noticeMessage,
} from '../municipal/entry-notice.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { domicileLink } from '../overseas-links.ts';

type RelayFailure = DomicileFailure | 'notice-body-invalid' | 'residence-not-of-site' | 'domicile-not-linked';

interface Passing {
  readonly seq: number;
  readonly notice: EntryNotice;
  /** Municipality of domicile, six digits. */
  readonly domicile: string;
}

/** The handler of `entry-notice-to-relay`. */
export function relayEntryNotices(context: OverseasContext): Handler {
  return async (tx, link, messages) => {
    const results = messages.map((message) => judge(context, link, message));
    const passing = results.flatMap((result) => (result.ok ? [result.value] : []));
    await writeLedger(tx, context, link, passing);
    link.send(
      passing.map(({ notice, domicile }) => noticeMessage(domicileLink(domicile), ENTRY_NOTICE, notice)),
    );
    return results.map((result): Failure | undefined => (result.ok ? undefined : result.failure));
  };
}

function judge(
  context: OverseasContext,
  link: HandlerContext,
  message: ReceivedMessage,
): Result<Passing, RelayFailure> {
  const parsed = entryNoticeBody.safeParse(message.body);
  if (!parsed.success) return fail('notice-body-invalid', 'the notice is not in the agreed form');
  // the domicile hears it from the relay: here alone it is known which site said it
  if (link.from !== municipalSite(parsed.data.residence))
    return fail('residence-not-of-site', 'the sender may not speak for the municipality of residence');
  const domicile = resolveDomicile(context.municipalities, parsed.data.domicile);
  if (!domicile.ok) return domicile;
  if (!context.participates(domicile.value))
    return fail('domicile-not-linked', 'no link leads to the municipality of domicile');
  return ok({ seq: message.seq, notice: parsed.data, domicile: domicile.value });
}

async function writeLedger(
  tx: Tx,
  context: OverseasContext,
  link: HandlerContext,
  passing: readonly Passing[],
): Promise<void> {
  const at = context.clock.now();
  await recordEntries(
    tx,
    passing.flatMap(({ seq, notice }) =>
      codesOf(notice).map((code) => ({
        site: link.to,
        at,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '住民基本台帳法 第19条',
        affair: 'entry-notice-relay',
        subject: context.pseudonyms.of(link.to, code),
        fields: ['name', 'birth-date', 'sex', 'address', 'resident-code', 'domicile'],
        result: 'relayed',
        correlation: `${link.link}/${seq}`,
      })),
    ),
  );
}
