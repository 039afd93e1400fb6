/** What numbering receives over links, at the centre and at municipalities. */
import type { Handler } from '@ishizue/link';
import {
  IDENTITY_CHANGED,
  INDIVIDUAL_NUMBER_RECORDED,
  RESIDENT_CODE_CHANGED,
  RESIDENT_CODE_SUCCEEDED,
  RESIDENT_RECORDED,
} from '@ishizue/registry';
import type { NumberingContext } from './assign-numbers.ts';
import { applyMunicipalSteps, NUMBER_NOTICE_STEP } from './notice/municipal-steps.ts';
import { followCodeChanges, followRegister } from './requests/follow-register.ts';
import { noteRequestStates } from './requests/municipal-requests.ts';
import { noteDelivered } from './requests/note-delivered.ts';
import { NUMBER_REQUEST, NUMBER_REQUEST_STATE } from './requests/number-request.ts';
import { takeNewRecords, takeRequests } from './requests/take-requests.ts';
import { succeedCodes } from './succeed-codes.ts';

/** The handlers by topic, for the link's receiver. */
export function numberingTopics(context: NumberingContext): Readonly<Record<string, Handler>> {
  return {
    [RESIDENT_RECORDED]: takeNewRecords(context),
    [RESIDENT_CODE_SUCCEEDED]: succeedCodes(context),
    [NUMBER_REQUEST]: takeRequests(context),
    [INDIVIDUAL_NUMBER_RECORDED]: noteDelivered(context),
    [IDENTITY_CHANGED]: followRegister(context),
    [RESIDENT_CODE_CHANGED]: followCodeChanges(context),
    [NUMBER_REQUEST_STATE]: noteRequestStates(context),
    [NUMBER_NOTICE_STEP]: applyMunicipalSteps(context),
  };
}
