/** What the overseas system does with each topic that reaches it, at whichever site the link leads to. */
import type { Handler } from '@ishizue/link';
import { RESIDENT_RECORD_CHANGED } from '@ishizue/registry';
import { OVERSEAS_IDENTITY_CHANGED } from './identity/overseas-identity.ts';
import { applyEntryNotices } from './municipal/apply-entry-notice.ts';
import { ENTRY_NOTICE, ENTRY_NOTICE_TO_RELAY } from './municipal/entry-notice.ts';
import { notifyDomicile } from './municipal/notify-domicile.ts';
import { relayEntryNotices } from './national/relay-entry-notices.ts';
import type { OverseasContext } from './overseas-context.ts';
import { applyResentEntries } from './resend/apply-resent-entries.ts';
import { OVERSEAS_IDENTITY_RESENT } from './resend/entry-resent.ts';
import { compareTallies } from './tally/compare-tallies.ts';
import { OVERSEAS_TALLY } from './tally/tally.ts';
import { applyOverseasIdentity } from './tiers/apply-overseas-identity.ts';

/** The handlers by topic, for the link's receiver. */
export function overseasTopics(context: OverseasContext): Readonly<Record<string, Handler>> {
  return {
    [RESIDENT_RECORD_CHANGED]: notifyDomicile(context),
    [ENTRY_NOTICE_TO_RELAY]: relayEntryNotices(context),
    [ENTRY_NOTICE]: applyEntryNotices(context),
    [OVERSEAS_TALLY]: compareTallies(context),
    [OVERSEAS_IDENTITY_RESENT]: applyResentEntries(context),
    [OVERSEAS_IDENTITY_CHANGED]: applyOverseasIdentity(context),
  };
}
