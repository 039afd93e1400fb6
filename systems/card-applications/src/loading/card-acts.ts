/**
 * What is done at a card, each over a channel of its own: with the free area (what is free, install), and with one application
 * (write, read back, use, block, delete). Each may be done again and comes to the same end. The commands are the
 * chip’s (docs/flows/card-applications.md).
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CardApplicationsContext } from '../card-applications-context.ts';
import { type CardInReader, type ChannelFailure, HostChannel } from '../channel/host-channel.ts';
import { SEALED_DATA_BYTES_MAX } from '../channel/secure-channel.ts';
import { CHALLENGE_BYTES } from '../channel/session-keys.ts';
import type { LoadingContents } from './loading-contents.ts';
import type { Loading } from './loading-store.ts';

/** The AID of the free area. */
export const FREE_AREA_AID = 'D3921000310001010F01';

const GET_STATUS = 0xf2;
const INSTALL = 0xe6;
const STORE_DATA = 0xe2;
const GET_DATA = 0xca;
const SET_PIN = 0x24;
const SET_STATUS = 0xf0;
const DELETE = 0xe4;
const USE = 0x07;
const BLOCKED = 0x83;
const RULES = { always: 0, pin: 1, owner: 2 } as const;
const FILE_HEAD_BYTES = 5;
const READ_BYTES = 224;

type Target = Pick<Loading, 'aid' | 'cardId' | 'keyVersion' | 'version' | 'areaBytes'>;
type Done<T, Code extends string = never> = Promise<Result<T, ChannelFailure | Code>>;

/** What the free area says. */
interface FreeArea {
  readonly freeBytes: number;
  /** Of the application that was asked for, where it is there. */
  readonly area:
    | { readonly areaBytes: number; readonly version: number; readonly keyVersion: number }
    | undefined;
}

export const openFreeArea = async (
  context: CardApplicationsContext,
  card: CardInReader,
  cardId: string,
): Done<HostChannel> =>
  HostChannel.open(
    card,
    FREE_AREA_AID,
    await context.freeAreaKeysOf(cardId),
    context.randomBytes(CHALLENGE_BYTES),
  );

export async function readFreeArea(channel: HostChannel, aid: string): Done<FreeArea> {
  const said = await channel.send({ ins: GET_STATUS, p1: 0, p2: 0, data: Buffer.from(aid, 'hex') });
  if (!said.ok) return said;
  const { value } = said;
  return ok({
    freeBytes: value.readUInt16BE(2),
    area:
      value.length > 4
        ? { areaBytes: value.readUInt16BE(5), version: value.readUInt16BE(7), keyVersion: value[9] ?? 0 }
        : undefined,
  });
}

/** Installs the application where it is not there; one that is there with other sizes or keys is none of this loading. */
export async function install(
  context: CardApplicationsContext,
  channel: HostChannel,
  { aid, cardId, keyVersion, version, areaBytes }: Target,
): Done<undefined, 'capacity-short' | 'already-on-card'> {
  const status = await readFreeArea(channel, aid);
  if (!status.ok) return status;
  const { area, freeBytes } = status.value;
  if (area)
    return area.areaBytes === areaBytes && area.version === version && area.keyVersion === keyVersion
      ? ok(undefined)
      : fail('already-on-card', 'another version of this application is on the card');
  if (areaBytes > freeBytes) return fail('capacity-short', `${freeBytes} octets are free`);
  const keys = await context.applicationKeysOf(aid, keyVersion, cardId);
  const name = Buffer.from(aid, 'hex');
  const sizes = Buffer.of(areaBytes >> 8, areaBytes & 0xff, version >> 8, version & 0xff, keyVersion);
  const data = Buffer.concat([Buffer.of(name.length), name, sizes, keys.enc, keys.mac]);
  const installed = await channel.send({ ins: INSTALL, p1: 0, p2: 0, data });
  return installed.ok ? ok(undefined) : installed;
}

export const openApplication = async (
  context: CardApplicationsContext,
  card: CardInReader,
  { aid, keyVersion, cardId }: Target,
): Done<HostChannel> =>
  HostChannel.open(
    card,
    aid,
    await context.applicationKeysOf(aid, keyVersion, cardId),
    context.randomBytes(CHALLENGE_BYTES),
  );

/** Writes the files from their beginnings and sets the PIN; then it may be used. */
export async function personalise(channel: HostChannel, { files, pin }: LoadingContents): Done<undefined> {
  const step = SEALED_DATA_BYTES_MAX - FILE_HEAD_BYTES;
  for (const { fid, read, content } of files)
    for (let offset = 0; offset < content.length; offset += step) {
      const head = Buffer.of(fid >> 8, fid & 0xff, RULES[read], offset >> 8, offset & 0xff);
      const data = Buffer.concat([head, content.subarray(offset, offset + step)]);
      const stored = await channel.send({ ins: STORE_DATA, p1: 0, p2: 0, data });
      if (!stored.ok) return stored;
    }
  if (pin !== undefined) {
    const set = await channel.send({ ins: SET_PIN, p1: 0, p2: 0, data: Buffer.from(pin, 'latin1') });
    if (!set.ok) return set;
  }
  return setStatus(channel, 'use');
}

export async function setStatus(channel: HostChannel, status: 'use' | 'block'): Done<undefined> {
  const p2 = status === 'use' ? USE : BLOCKED;
  const set = await channel.send({ ins: SET_STATUS, p1: 0, p2, data: Buffer.alloc(0) });
  return set.ok ? ok(undefined) : set;
}

/** Whether the card gives back what was written. */
export async function verifyContents(
  channel: HostChannel,
  { files }: LoadingContents,
): Done<undefined, 'read-back-differs'> {
  for (const { fid, content } of files)
    for (let offset = 0; offset <= content.length; offset += READ_BYTES) {
      const data = Buffer.of(fid >> 8, fid & 0xff, offset >> 8, offset & 0xff, READ_BYTES);
      const read = await channel.send({ ins: GET_DATA, p1: 0, p2: 0, data });
      if (!read.ok) return read;
      if (!read.value.equals(content.subarray(offset, offset + READ_BYTES)))
        return fail('read-back-differs', `file ${fid.toString(16)} was read back otherwise`);
    }
  return ok(undefined);
}

export async function remove(channel: HostChannel): Done<undefined> {
  const removed = await channel.send({ ins: DELETE, p1: 0, p2: 0, data: Buffer.alloc(0) });
  return removed.ok ? ok(undefined) : removed;
}
