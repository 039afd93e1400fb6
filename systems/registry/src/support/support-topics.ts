/** The handlers of support measures by topic, for `registryTopics`. */
import type { Handler } from '@ishizue/link';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { announceToResidence } from './later-residence.ts';
import { noteSupport, noteTold } from './note-support.ts';
import { passOnSupport } from './pass-on-support.ts';
import { SUPPORT_FLAG, SUPPORT_RESIDENCE, SUPPORT_TOLD } from './support-message.ts';

export const supportTopics = (context: RegistryContext): Readonly<Record<string, Handler>> => ({
  [SUPPORT_FLAG]: (tx, link, messages) =>
    (link.to === NATIONAL_SITE ? passOnSupport(context) : noteSupport(context))(tx, link, messages),
  [SUPPORT_TOLD]: noteTold(),
  [SUPPORT_RESIDENCE]: announceToResidence(context),
});
