/**
 * INITIALIZE UPDATE and EXTERNAL AUTHENTICATE of SCP03 (Amendment D 7.1): card and host prove to each other that they have the keys
 * of the application that is selected, and the channel is open. Only the highest level is taken: commands and responses
 * encrypted and under a MAC.
 */
import { timingSafeEqual } from 'node:crypto';
import {
  CHALLENGE_BYTES,
  checkCommand,
  newChannel,
  SECURITY_LEVEL,
  type StaticKeys,
  sessionKeysOf,
} from '@ishizue/card-applications';
import type { z } from 'zod';
import type { CardRecord } from '../../card-record.ts';
import type { Asked } from '../asked.ts';
import type { Session } from '../session.ts';
import { answer, refuse, type Step } from '../step.ts';
import { findLoaded, isLoadedName } from './loaded-application.ts';
import type { channelKeys } from './loaded-record.ts';

/** Key information: its version, SCP 03, random challenges and MACs and encryption of responses. */
const SCP = 0x03;
const OPTIONS = 0x60;
/** Nothing here is diversified by what the card says of itself. */
const DIVERSIFICATION = Buffer.alloc(10);
const FREE_AREA_KEY_VERSION = 1;

interface KeySet {
  readonly version: number;
  readonly keys: StaticKeys;
}

const staticKeys = ({ enc, mac }: z.infer<typeof channelKeys>): StaticKeys => ({
  enc: Buffer.from(enc, 'base64'),
  mac: Buffer.from(mac, 'base64'),
});

/** The keys of what is selected. */
function keySetOf({ application }: Session, record: CardRecord): KeySet | undefined {
  if (application === 'free-area')
    return record.freeAreaKeys && { version: FREE_AREA_KEY_VERSION, keys: staticKeys(record.freeAreaKeys) };
  const loaded = application && isLoadedName(application) ? findLoaded(record, application) : undefined;
  return loaded && { version: loaded.keyVersion, keys: staticKeys(loaded.keys) };
}

export function initializeUpdate({ record, session, command }: Asked): Step {
  const closed = { ...session, channel: undefined, opening: undefined };
  const set = keySetOf(session, record);
  if (!set || (command.p1 !== 0 && command.p1 !== set.version)) return refuse(closed, 'key-unknown');
  if (command.p2 !== 0) return refuse(closed, 'parameters-wrong');
  if (command.data.length !== CHALLENGE_BYTES) return refuse(closed, 'length-wrong');
  return {
    step: 'draw',
    bytes: CHALLENGE_BYTES,
    next: (drawn) => {
      const keys = sessionKeysOf(set.keys, Buffer.concat([command.data, drawn]));
      const information = Buffer.of(set.version, SCP, OPTIONS);
      return answer(
        { ...closed, opening: keys },
        Buffer.concat([DIVERSIFICATION, information, drawn, keys.cardCryptogram]),
      );
    },
  };
}

export function authenticateHost({ session, command }: Asked): Step {
  const { opening } = session;
  const closed = { ...session, channel: undefined, opening: undefined };
  if (!opening) return refuse(closed, 'conditions-unmet');
  if (command.p1 !== SECURITY_LEVEL || command.p2 !== 0) return refuse(closed, 'parameters-wrong');
  const checked = checkCommand(newChannel(opening), command);
  const isHost =
    checked?.data.length === opening.hostCryptogram.length &&
    timingSafeEqual(checked.data, opening.hostCryptogram);
  return checked && isHost
    ? answer({ ...closed, channel: checked.channel })
    : refuse(closed, 'not-authorised');
}
