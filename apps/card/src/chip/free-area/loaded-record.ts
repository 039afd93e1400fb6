/** How the record of a card keeps an application of the free area. */
import { z } from 'zod';
import { pinSlot } from '../../pin-slot.ts';

const loadedFile = z.strictObject({
  /** Who reads it besides the owner over a channel: everybody, whoever showed the PIN, or nobody. */
  read: z.enum(['always', 'pin', 'owner']),
  content: z.base64().max(43_692),
});

/** AES-256 keys of a channel. */
export const channelKeys = z.strictObject({ enc: z.base64().max(64), mac: z.base64().max(64) });

export const loadedApplication = z.strictObject({
  /** Hexadecimal, 5 to 16 octets. */
  aid: z.string().regex(/^(?:[0-9A-F]{2}){5,16}$/),
  version: z.int().min(0).max(0xffff),
  areaBytes: z.int().min(1).max(0xffff),
  keyVersion: z.int().min(1).max(0x7f),
  keys: channelKeys,
  state: z.enum(['installed', 'personalised', 'blocked']),
  pin: pinSlot.optional(),
  /** By identifier, four digits. */
  files: z.record(z.string().regex(/^[0-9a-f]{4}$/), loadedFile),
});

export type LoadedFile = z.infer<typeof loadedFile>;
export type LoadedApplication = z.infer<typeof loadedApplication>;
