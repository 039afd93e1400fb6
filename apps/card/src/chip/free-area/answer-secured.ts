/**
 * Commands over a secure channel: opened, done by whoever the channel is with, and answered under the channel. A command that is
 * none of the channel’s ends it, and nothing is done; so does a refusal, whose word stands alone.
 */
import { openCommand, sealResponse } from '@ishizue/card-applications';
import type { Asked } from '../asked.ts';
import { wordOf } from '../status-words.ts';
import { refuse, type Step } from '../step.ts';
import { answerInstaller } from './answer-installer.ts';
import { answerOwner } from './answer-owner.ts';
import { isLoadedName } from './loaded-application.ts';
import { authenticateHost } from './open-channel.ts';

const EXTERNAL_AUTHENTICATE = 0x82;

export function answerSecured(asked: Asked): Step {
  const { session, command } = asked;
  if (command.ins === EXTERNAL_AUTHENTICATE) return authenticateHost(asked);
  if (!session.channel) return refuse(session, 'secure-messaging-unsupported');
  const closed = { ...session, channel: undefined };
  const opened = openCommand(session.channel, command);
  if (!opened) return refuse(closed, 'not-authorised');
  const { application } = session;
  const inside: Asked = {
    ...asked,
    session: { ...session, channel: opened.channel },
    command: { ...command, data: opened.data },
  };
  if (application === 'free-area') return sealed(answerInstaller(inside));
  return application && isLoadedName(application)
    ? sealed(answerOwner(inside, application))
    : refuse(closed, 'conditions-unmet');
}

/** The same steps, with their answer under the channel. */
function sealed(step: Step): Step {
  switch (step.step) {
    case 'answer': {
      const { channel } = step.session;
      if (step.word !== wordOf('done') || !channel)
        return { ...step, data: Buffer.alloc(0), session: { ...step.session, channel: undefined } };
      return { ...step, data: sealResponse(channel, step.data, step.word) };
    }
    case 'store':
      return { ...step, next: () => sealed(step.next()) };
    case 'hash':
      return { ...step, next: (hash: string) => sealed(step.next(hash)) };
    case 'compare':
      return { ...step, next: (matches: boolean) => sealed(step.next(matches)) };
    case 'draw':
    case 'rsa':
      return { ...step, next: (made: Buffer) => sealed(step.next(made)) };
  }
}
