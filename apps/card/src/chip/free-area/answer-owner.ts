/**
 * What the owner of a loaded application may, over a channel under its own keys, to that application and nothing else of the card.
 *
 *     84 E2 00 00  file 2, rule, offset 2, content   a file from its beginning, or more of it at its end; rule 00 all, 01 PIN, 02 owner
 *     84 CA 00 00  file 2, offset 2, length          → content
 *     84 24 00 00  four digits                       the PIN, with all its tries
 *     84 F0 00 ss                                    07 to use, 83 blocked
 *     84 E4 00 00                                    deleted, and its area free
 */
import { isPinFormed, triesMaxOf } from '../../pin-rules.ts';
import type { Asked } from '../asked.ts';
import { answer, refuse, type Step, store } from '../step.ts';
import { findLoaded, LOADED_PIN, type LoadedName, usedBytes, withLoaded } from './loaded-application.ts';
import type { LoadedApplication, LoadedFile } from './loaded-record.ts';

const RULES: Readonly<Record<number, LoadedFile['read']>> = { 0: 'always', 1: 'pin', 2: 'owner' };
const STATES: Readonly<Record<number, 'personalised' | 'blocked'>> = {
  0x07: 'personalised',
  0x83: 'blocked',
};
const FILE_HEAD_BYTES = 5;

type Command = (asked: Asked, name: LoadedName, application: LoadedApplication) => Step;

const COMMANDS: Readonly<Record<number, Command>> = {
  0xe2: storeData,
  0xca: getData,
  0x24: setPin,
  0xf0: setStatus,
  0xe4: remove,
};

export function answerOwner(asked: Asked, name: LoadedName): Step {
  const { record, session, command } = asked;
  const application = findLoaded(record, name);
  const perform = COMMANDS[command.ins];
  if (!application) return refuse(session, 'file-absent');
  if (!perform) return refuse(session, 'instruction-unknown');
  if (command.p1 !== 0 || (command.p2 !== 0 && perform !== setStatus))
    return refuse(session, 'parameters-wrong');
  return perform(asked, name, application);
}

function storeData(
  { record, session, command }: Asked,
  name: LoadedName,
  application: LoadedApplication,
): Step {
  const { data } = command;
  if (data.length <= FILE_HEAD_BYTES) return refuse(session, 'length-wrong');
  const fid = data.toString('hex', 0, 2);
  const read = RULES[data[2] ?? 0xff];
  const offset = data.readUInt16BE(3);
  const before = Buffer.from(application.files[fid]?.content ?? '', 'base64');
  const isOneOf = offset === 0 || offset === before.length;
  if (!read || !isOneOf || Number.parseInt(fid, 16) === LOADED_PIN) return refuse(session, 'data-wrong');
  const content = Buffer.concat([before.subarray(0, offset), data.subarray(FILE_HEAD_BYTES)]);
  const files = { ...application.files, [fid]: { read, content: content.toString('base64') } };
  if (usedBytes(files) > application.areaBytes) return refuse(session, 'memory-full');
  return store(withLoaded(record, name, { ...application, files }), () => answer(session));
}

function getData({ session, command }: Asked, _: LoadedName, application: LoadedApplication): Step {
  const { data } = command;
  if (data.length !== FILE_HEAD_BYTES) return refuse(session, 'length-wrong');
  const file = application.files[data.toString('hex', 0, 2)];
  if (!file) return refuse(session, 'file-absent');
  const [offset, length] = [data.readUInt16BE(2), data[4] ?? 0];
  return answer(session, Buffer.from(file.content, 'base64').subarray(offset, offset + length));
}

function setPin({ record, session, command }: Asked, name: LoadedName, application: LoadedApplication): Step {
  const pin = command.data.toString('latin1');
  if (!isPinFormed('loaded', pin)) return refuse(session, 'data-wrong');
  const slotOf = (hash: string) => ({ hash, triesLeft: triesMaxOf('loaded') });
  return {
    step: 'hash',
    pin,
    next: (hash) =>
      store(withLoaded(record, name, { ...application, pin: slotOf(hash) }), () => answer(session)),
  };
}

function setStatus(
  { record, session, command }: Asked,
  name: LoadedName,
  application: LoadedApplication,
): Step {
  const state = STATES[command.p2];
  if (!state) return refuse(session, 'parameters-wrong');
  return store(withLoaded(record, name, { ...application, state }), () => answer(session));
}

/** The channel ends with what it was with; the answer is still under it. */
function remove({ record, session }: Asked, name: LoadedName): Step {
  return store(withLoaded(record, name, undefined), () => answer(session));
}
