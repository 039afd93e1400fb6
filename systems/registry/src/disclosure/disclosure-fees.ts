/**
 * What a request for disclosure costs, by the day of the request. The national body sets its fee with the minister's approval
 * (住民基本台帳法 30-34; 30-39 in the text of December 2013); of a prefecture the act names none, an ordinance may.
 */
import { DatedRules } from '@ishizue/rules';
import type { DisclosureFee } from './disclosure-context.ts';

/** For a site that has set none: the approved amount is not at hand, and nobody is charged a guessed one. */
export const noDisclosureFee = new DatedRules<DisclosureFee>('fee of disclosure', [
  {
    validFrom: '2003-08-25',
    source: '住民基本台帳法 第30条の34: the amount that the site sets, 0 until it is entered here',
    rule: { request_yen: 0 },
  },
]);
