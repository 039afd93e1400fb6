/**
 * What whoever has the keys of the free area may: ask what is free, and install an application with the keys of its owner. It
 * takes nothing away: deleting is the owner’s.
 *
 *     84 F2 00 00  AID                                              → capacity 2, free 2, and of that AID: state, area 2, version 2, key version
 *     84 E6 00 00  length AID area 2 version 2 key version keys 64  → free 2
 */
import type { CardRecord } from '../../card-record.ts';
import type { Asked } from '../asked.ts';
import { findApplication } from '../card-tree.ts';
import { FREE_AREA_BYTES } from '../ours.ts';
import { answer, refuse, type Step, store } from '../step.ts';
import { findLoaded, freeBytes, LOADED_MAX, loadedNameOf, withLoaded } from './loaded-application.ts';
import { type LoadedApplication, loadedApplication } from './loaded-record.ts';

const GET_STATUS = 0xf2;
const INSTALL = 0xe6;
const KEY_BYTES = 32;
const TAIL_BYTES = 5 + 2 * KEY_BYTES;

/** As GET STATUS says them. */
const STATES: Readonly<Record<LoadedApplication['state'], number>> = {
  installed: 0x03,
  personalised: 0x07,
  blocked: 0x83,
};

export function answerInstaller(asked: Asked): Step {
  const { session, command } = asked;
  if (command.ins !== GET_STATUS && command.ins !== INSTALL) return refuse(session, 'instruction-unknown');
  if (command.p1 !== 0 || command.p2 !== 0) return refuse(session, 'parameters-wrong');
  return command.ins === GET_STATUS ? getStatus(asked) : install(asked);
}

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

function getStatus({ record, session, command }: Asked): Step {
  const found = findLoaded(record, loadedNameOf(hexOf(command.data)));
  const said = found
    ? [Buffer.of(STATES[found.state]), u16(found.areaBytes), u16(found.version), Buffer.of(found.keyVersion)]
    : [];
  return answer(session, Buffer.concat([u16(FREE_AREA_BYTES), u16(freeBytes(record)), ...said]));
}

function install({ record, session, command }: Asked): Step {
  const parsed = parseInstall(command.data);
  if (!parsed) return refuse(session, 'data-wrong');
  const name = loadedNameOf(parsed.aid);
  if (findLoaded(record, name) || findApplication(Buffer.from(parsed.aid, 'hex')))
    return refuse(session, 'file-exists');
  if (parsed.areaBytes > freeBytes(record) || (record.loaded?.length ?? 0) >= LOADED_MAX)
    return refuse(session, 'memory-full');
  const installed: CardRecord = withLoaded(record, name, parsed);
  return store(installed, () => answer(session, u16(freeBytes(installed))));
}

function parseInstall(data: Buffer): LoadedApplication | undefined {
  const [length = 0] = data;
  if (data.length !== 1 + length + TAIL_BYTES) return undefined;
  const tail = data.subarray(1 + length);
  const keys = tail.subarray(5);
  const parsed = loadedApplication.safeParse({
    aid: hexOf(data.subarray(1, 1 + length)),
    areaBytes: tail.readUInt16BE(0),
    version: tail.readUInt16BE(2),
    keyVersion: tail[4],
    keys: {
      enc: keys.subarray(0, KEY_BYTES).toString('base64'),
      mac: keys.subarray(KEY_BYTES).toString('base64'),
    },
    state: 'installed',
    files: {},
  });
  return parsed.success ? parsed.data : undefined;
}

const hexOf = (octets: Buffer): string => octets.toString('hex').toUpperCase();
