/**
 * VERIFY (ISO 7816-4 11.6.6) and the two commands that change a PIN. The try is stored as used before anything is compared:
 * whoever cuts the power after the comparison has used it. A right PIN gives the tries back. Without data VERIFY says
 * how many tries are left, always as 63Cx, also where the PIN was shown.
 */
import { isPinFormed, triesMaxOf } from '../../pin-rules.ts';
import type { PinFile } from '../application.ts';
import { type Asked, type MeantFile, meantFile } from '../asked.ts';
import { pinOf, withPin } from '../pin-of.ts';
import { withoutShown, withShown } from '../session.ts';
import { triesWord } from '../status-words.ts';
import { answer, answerWord, refuse, type Step, store } from '../step.ts';

/** Only the new PIN comes: the old one was shown by VERIFY. */
const NEW_ONLY = 0x01;

export function verify(asked: Asked): Step {
  const { record, session, command } = asked;
  if (command.p1 !== 0) return refuse(session, 'parameters-wrong');
  const meant = meantFile(asked, command.p2, 'pin');
  if (typeof meant === 'string') return refuse(session, meant);
  const pin = pinOf(record, meant);
  if (command.data.length === 0) return answerWord(session, triesWord(pin?.triesLeft ?? 0));
  if (!pin) return refuse(session, 'conditions-unmet');
  if (pin.triesLeft === 0) return refuse(session, 'pin-locked');
  const given = command.data.toString('latin1');
  if (!isPinFormed(meant.file.rule, given)) return refuse(session, 'data-wrong');
  const { fid, rule } = meant.file;
  const triesLeft = pin.triesLeft - 1;
  const restored = (): Step =>
    store(withPin(record, meant, { ...pin, triesLeft: triesMaxOf(rule) }), () =>
      answer(withShown(session, fid)),
    );
  return store(withPin(record, meant, { ...pin, triesLeft }), () => ({
    step: 'compare',
    pin: given,
    hash: pin.hash,
    next: (matches) => (matches ? restored() : answerWord(withoutShown(session, fid), triesWord(triesLeft))),
  }));
}

/** CHANGE REFERENCE DATA (ISO 7816-4 11.6.7) with P1 01. */
export function changeReferenceData(asked: Asked): Step {
  return asked.command.p1 === NEW_ONLY
    ? changePin(asked, 'change-reference-data')
    : refuse(asked.session, 'parameters-wrong');
}

/** 80 32: the same for applications that have a command of their own for it. */
export function ownChange(asked: Asked): Step {
  return asked.command.p1 === 0 ? changePin(asked, 'own-change') : refuse(asked.session, 'parameters-wrong');
}

function changePin(asked: Asked, change: PinFile['change']): Step {
  const { session, command } = asked;
  const meant = meantFile(asked, command.p2, 'pin');
  if (typeof meant === 'string') return refuse(session, meant);
  if (meant.file.change !== change) return refuse(session, 'file-of-another-kind');
  return storeNew(asked, meant, command.data.toString('latin1'));
}

/** By whoever showed the old PIN, or, as the first one, by whoever has the card. */
function storeNew({ record, session }: Asked, meant: MeantFile<PinFile>, given: string): Step {
  const { fid, rule } = meant.file;
  const pin = pinOf(record, meant);
  if (pin === undefined) return refuse(session, 'conditions-unmet');
  if (pin?.triesLeft === 0) return refuse(session, 'pin-locked');
  if (pin !== null && !session.shown.includes(fid)) return refuse(session, 'not-authorised');
  if (!isPinFormed(rule, given)) return refuse(session, 'data-wrong');
  return {
    step: 'hash',
    pin: given,
    next: (hash) =>
      store(withPin(record, meant, { hash, triesLeft: triesMaxOf(rule) }), () => answer(session)),
  };
}
