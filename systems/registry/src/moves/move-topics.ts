/** What the registry does with each topic of moves and wide-area copies, at the national site and at both municipalities. */
import type { Handler } from '@ishizue/link';
import { answerCopyRequests } from '../wide-area/answer-copy-requests.ts';
import { COPY_ANSWER, COPY_REQUEST } from '../wide-area/copy-messages.ts';
import { receiveCopies } from '../wide-area/receive-copies.ts';
import { answerInformationRequests } from './answer-information-requests.ts';
import { applyMoveInNotices } from './apply-move-in-notices.ts';
import {
  MOVE_IN_NOTICE,
  MOVE_OUT_INFORMATION,
  MOVE_OUT_REFUSED,
  MOVE_OUT_REQUEST,
  MOVE_OUT_WITHDRAWN,
} from './move-messages.ts';
import type { MovesContext } from './moves-context.ts';
import { dropInformation, keepInformation, noteRefusals } from './receive-information.ts';
import { relayedHandler } from './relayed.ts';

/** The handlers by topic, beside those of `registryTopics`. */
export function moveTopics(moves: MovesContext): Readonly<Record<string, Handler>> {
  return {
    [MOVE_OUT_INFORMATION.topic]: relayedHandler(moves, MOVE_OUT_INFORMATION, keepInformation(moves)),
    [MOVE_OUT_WITHDRAWN.topic]: relayedHandler(moves, MOVE_OUT_WITHDRAWN, dropInformation(moves)),
    [MOVE_OUT_REQUEST.topic]: relayedHandler(moves, MOVE_OUT_REQUEST, answerInformationRequests(moves)),
    [MOVE_OUT_REFUSED.topic]: relayedHandler(moves, MOVE_OUT_REFUSED, noteRefusals(moves)),
    [MOVE_IN_NOTICE.topic]: relayedHandler(moves, MOVE_IN_NOTICE, applyMoveInNotices(moves)),
    [COPY_REQUEST.topic]: relayedHandler(moves, COPY_REQUEST, answerCopyRequests(moves)),
    [COPY_ANSWER.topic]: relayedHandler(moves, COPY_ANSWER, receiveCopies(moves)),
  };
}
