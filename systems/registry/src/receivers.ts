/** What the registry does with each topic that reaches it, at whichever tier the link leads to. */
import type { Handler } from '@ishizue/link';
import { applyCodeChanged } from './codes/apply-code-changed.ts';
import { RESIDENT_CODE_CHANGED } from './codes/code-changed.ts';
import {
  noteRecalled,
  RESIDENT_CODE_RECALL,
  RESIDENT_CODE_RECALLED,
  withdrawCodes,
} from './codes/recall-codes.ts';
import { IDENTITY_CHANGED } from './identity/identity-changed.ts';
import { storeAllocatedCodes } from './municipal/apply-from-centre.ts';
import {
  changeIndividualNumbers,
  INDIVIDUAL_NUMBER_ASSIGNED,
  INDIVIDUAL_NUMBER_CHANGED,
  recordIndividualNumbers,
} from './municipal/record-numbers.ts';
import { noteConflicts } from './municipal/residence-conflicts.ts';
import {
  allocateResidentCodes,
  type PermuteTenDigits,
  RESIDENT_CODE_ALLOCATION,
  RESIDENT_CODE_REQUEST,
} from './national/allocate-resident-codes.ts';
import { INDIVIDUAL_NUMBER_RETIRED, retireNumbers } from './national/retire-numbers.ts';
import { reconcileTopics } from './reconcile/reconcile-topics.ts';
import { NATIONAL_SITE, type RegistryContext } from './registry-context.ts';
import { supportTopics } from './support/support-topics.ts';
import { applyIdentityChanged } from './tiers/apply-identity-changed.ts';
import { passOnConflicts, RESIDENCE_CONFLICT } from './tiers/residence-conflict.ts';
import { nationalTier, prefecturalTier, type Tier } from './tiers/tier.ts';

/** The handlers by topic, for the link's receiver. */
export function registryTopics(
  context: RegistryContext,
  permute: PermuteTenDigits,
): Readonly<Record<string, Handler>> {
  const tierOf = (site: string): Tier =>
    site === NATIONAL_SITE
      ? nationalTier(context)
      : prefecturalTier(context, site.slice('prefectural/'.length));
  return {
    [IDENTITY_CHANGED]: applyIdentityChanged(context, tierOf),
    [RESIDENT_CODE_CHANGED]: applyCodeChanged(context, tierOf),
    [RESIDENT_CODE_REQUEST]: allocateResidentCodes(context, permute),
    [RESIDENT_CODE_ALLOCATION]: storeAllocatedCodes(),
    [RESIDENT_CODE_RECALL]: withdrawCodes(context),
    [RESIDENT_CODE_RECALLED]: noteRecalled(context),
    [RESIDENCE_CONFLICT]: (tx, link, messages) =>
      (link.to === NATIONAL_SITE ? passOnConflicts(context) : noteConflicts(context))(tx, link, messages),
    [INDIVIDUAL_NUMBER_ASSIGNED]: recordIndividualNumbers(context),
    [INDIVIDUAL_NUMBER_CHANGED]: changeIndividualNumbers(context),
    [INDIVIDUAL_NUMBER_RETIRED]: retireNumbers(context),
    ...reconcileTopics(context),
    ...supportTopics(context),
  };
}
