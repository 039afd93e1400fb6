/** What this system does with each topic that reaches it, at the centre and at the municipalities. */
import type { Handler } from '@ishizue/link';
import { NATIONAL_SITE } from '@ishizue/registry';
import { receiveAnswers } from './centre/receive-answers.ts';
import type { CertificatesContext } from './certificates-context.ts';
import { CERTIFICATE_OUTCOME, CERTIFICATE_RENDERED, CERTIFICATE_REQUEST } from './messages.ts';
import { answerRequests, recordOutcomes } from './municipal/answer-requests.ts';

/** The handlers by topic, for the link's receiver. */
export function certificatesTopics(context: CertificatesContext): Readonly<Record<string, Handler>> {
  return {
    [CERTIFICATE_REQUEST]: onlyAt('municipal', answerRequests(context)),
    [CERTIFICATE_OUTCOME]: onlyAt('municipal', recordOutcomes()),
    [CERTIFICATE_RENDERED]: onlyAt('national', receiveAnswers(context)),
  };
}

/** A municipality may not give the centre orders, nor answer another municipality. */
function onlyAt(tier: 'national' | 'municipal', handler: Handler): Handler {
  return async (tx, link, messages) => {
    const isRight =
      tier === 'national'
        ? link.to === NATIONAL_SITE && link.from.startsWith('municipal/')
        : link.from === NATIONAL_SITE && link.to.startsWith('municipal/');
    if (isRight) return handler(tx, link, messages);
    return messages.map(() => ({ code: 'topic-not-for-site', detail: `${link.link} does not carry this` }));
  };
}
