/**
 * A secure channel that is open (SCP03, Amendment D 6.2): commands encrypted and then under a MAC that covers all before them,
 * responses likewise (security level 33). Values only, no state of its own: each end keeps what it is given back. A
 * command that was changed, left out, repeated or put elsewhere has no right MAC, and ends the channel.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { aesCmac, encryptBlock, pad80, unpad80 } from './aes-cmac.ts';
import type { SessionKeys } from './session-keys.ts';

export interface SecureChannel {
  readonly keys: SessionKeys;
  /** The whole MAC of the command before. */
  readonly chaining: Buffer;
  /** Commands since the channel was opened. */
  readonly commands: number;
}

/** A command that is under secure messaging, or is to be: at most 255 octets of data when sealed. */
export interface SecuredCommand {
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
}

const MAC_BYTES = 8;
/** Commands and responses, both encrypted and under a MAC. */
export const SECURITY_LEVEL = 0x33;
/** As much data as still fits into a short command once it is padded and has its MAC. */
export const SEALED_DATA_BYTES_MAX = 239;
const SECURED_CLASS = 0x84;
const BLOCK_BYTES = 16;
const RESPONSE_MARK = 0x80;

/** A channel that EXTERNAL AUTHENTICATE has opened or is opening: that command has a MAC, and nothing is encrypted in it. */
export const newChannel = (keys: SessionKeys): SecureChannel => ({
  keys,
  chaining: Buffer.alloc(BLOCK_BYTES),
  commands: 0,
});

/** The MAC of a command over the one before it. */
function commandMac(
  { keys, chaining }: SecureChannel,
  { ins, p1, p2 }: SecuredCommand,
  data: Uint8Array,
): Buffer {
  const header = Buffer.of(SECURED_CLASS, ins, p1, p2, data.length + MAC_BYTES);
  return aesCmac(keys.mac, Buffer.concat([chaining, header, data]));
}

/** The data of EXTERNAL AUTHENTICATE, and the channel after it. */
export function sealAuthenticate(
  channel: SecureChannel,
  command: SecuredCommand,
): { readonly data: Buffer; readonly channel: SecureChannel } {
  const mac = commandMac(channel, command, command.data);
  return {
    data: Buffer.concat([command.data, mac.subarray(0, MAC_BYTES)]),
    channel: { ...channel, chaining: mac },
  };
}

/** The command’s data as they are sent, and the channel after it. @throws where they are more than a command takes */
export function sealCommand(
  channel: SecureChannel,
  command: SecuredCommand,
): { readonly data: Buffer; readonly channel: SecureChannel } {
  if (command.data.length > SEALED_DATA_BYTES_MAX) throw new Error('more data than a secured command takes');
  const after = { ...channel, commands: channel.commands + 1 };
  const sealed = sealAuthenticate(after, { ...command, data: encrypt(after, command.data, 0) });
  return sealed;
}

/** The channel after EXTERNAL AUTHENTICATE or a command with a right MAC, and the data without it; else undefined. */
export function checkCommand(
  channel: SecureChannel,
  command: SecuredCommand,
): { readonly data: Buffer; readonly channel: SecureChannel } | undefined {
  const split = command.data.length - MAC_BYTES;
  if (split < 0) return undefined;
  const data = Buffer.from(command.data.subarray(0, split));
  const mac = commandMac(channel, command, data);
  if (!timingSafeEqual(mac.subarray(0, MAC_BYTES), command.data.subarray(split))) return undefined;
  return { data, channel: { ...channel, chaining: mac } };
}

/** As `checkCommand`, of a command whose data are encrypted. */
export function openCommand(
  channel: SecureChannel,
  command: SecuredCommand,
): { readonly data: Buffer; readonly channel: SecureChannel } | undefined {
  const checked = checkCommand({ ...channel, commands: channel.commands + 1 }, command);
  const data = checked && decrypt(checked.channel, checked.data, 0);
  return data && { data, channel: checked.channel };
}

/** What goes back instead of data and status word: the word itself is sent besides. */
export function sealResponse(channel: SecureChannel, data: Uint8Array, word: number): Buffer {
  const encrypted = encrypt(channel, data, RESPONSE_MARK);
  return Buffer.concat([encrypted, responseMac(channel, encrypted, word)]);
}

/** The data of a response with a right MAC. */
export function openResponse(channel: SecureChannel, sealed: Buffer, word: number): Buffer | undefined {
  const split = sealed.length - MAC_BYTES;
  if (split < 0) return undefined;
  const encrypted = sealed.subarray(0, split);
  if (!timingSafeEqual(responseMac(channel, encrypted, word), sealed.subarray(split))) return undefined;
  return decrypt(channel, encrypted, RESPONSE_MARK);
}

const responseMac = ({ keys, chaining }: SecureChannel, encrypted: Buffer, word: number): Buffer =>
  aesCmac(keys.responseMac, Buffer.concat([chaining, encrypted, Buffer.of(word >> 8, word & 0xff)])).subarray(
    0,
    MAC_BYTES,
  );

/** The counter of commands, encrypted, is where CBC starts; responses have a mark in it. */
function startOf({ keys, commands }: SecureChannel, mark: number): Buffer {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeUInt32BE(commands, BLOCK_BYTES - 4);
  counter[0] = mark;
  return encryptBlock(keys.enc, counter);
}

const cipherOf = ({ keys }: SecureChannel): string => `aes-${keys.enc.length * 8}-cbc`;

function encrypt(channel: SecureChannel, data: Uint8Array, mark: number): Buffer {
  if (data.length === 0) return Buffer.alloc(0);
  const cipher = createCipheriv(cipherOf(channel), channel.keys.enc, startOf(channel, mark));
  return Buffer.concat([cipher.setAutoPadding(false).update(pad80(data)), cipher.final()]);
}

function decrypt(channel: SecureChannel, encrypted: Buffer, mark: number): Buffer | undefined {
  if (encrypted.length === 0) return encrypted;
  if (encrypted.length % BLOCK_BYTES !== 0) return undefined;
  const decipher = createDecipheriv(cipherOf(channel), channel.keys.enc, startOf(channel, mark));
  return unpad80(Buffer.concat([decipher.setAutoPadding(false).update(encrypted), decipher.final()]));
}
