/**
 * The card (個人番号カード) as software: it makes its keys, never gives them out, and uses them for whoever knows the PIN.
 * Until the holder sets a PIN the card is in the factory's hands, which may ask for certification requests and write
 * and read certificates; afterwards each of these needs the PIN. A key signs data for nobody without a PIN.
 * Every operation locks the card, reads its state, and is durable when it resolves. What a holder does goes through the
 * chip by commands (chip/); what only factory and issuer do has no public command and is done here. Flow: docs/flows/chip.md.
 */
import type { StaticKeys } from '@ishizue/card-applications';
import { fail, ok } from '@ishizue/outcome';
import { parseCertificate } from '@ishizue/x509';
import type { CardResult } from './card-code.ts';
import { CardFile } from './card-file.ts';
import { makeCertificationRequest, makeKeySlot } from './card-key.ts';
import { withCardLock } from './card-lock.ts';
import { type CardRecord, KEY_KINDS, type KeyKind, type KeySlot, withSlot } from './card-record.ts';
import { CardReader, type Transmitter } from './chip/card-reader.ts';
import { Chip } from './chip/chip.ts';
import { isInFactory } from './chip/commands/external-authenticate.ts';
import { readFiles } from './chip/read-files.ts';
import { transportKeyOf } from './device-key.ts';
import { hashPin } from './pin-hash.ts';
import { checkPermission, otherKeyOf, withReset } from './pin-reset.ts';
import { parsePin, triesMaxOf } from './pin-rules.ts';
import { type WrittenContents, withContents } from './written-contents.ts';

const SIGNED_BYTES_MAX = 1_048_576;
const LOCK_WAIT_MS = 15_000;

export interface SoftwareCardOptions {
  readonly path: string;
  /** 32 bytes, see card-file.ts for what it protects. */
  readonly deviceKey: Uint8Array;
  readonly lockWaitMs?: number;
  /** Draws a pair; for whoever measures the rest of the making. */
  readonly makeKey?: () => Promise<KeySlot>;
}

/** What a card tells everyone. */
export interface CardStatus {
  readonly cardId: string;
  /** What stands on its plastic: 照合番号B; undefined of a card without a face. */
  readonly numberB: string | undefined;
  readonly keys: readonly KeyStatus[];
}

export interface KeyStatus {
  readonly kind: KeyKind;
  readonly hasCertificate: boolean;
  /** Undefined until the holder has set the PIN. */
  readonly triesLeft: number | undefined;
}

/** A record, one of its slots, and the chip with both in a reader. */
interface Opened {
  readonly record: CardRecord;
  readonly slot: KeySlot;
  readonly chip: Chip;
  readonly reader: CardReader;
}

export class SoftwareCard {
  readonly #file: CardFile;
  readonly #lockWaitMs: number;
  readonly #transportKey: Buffer;
  readonly #makeKey: () => Promise<KeySlot>;

  constructor(options: SoftwareCardOptions) {
    this.#makeKey = options.makeKey ?? makeKeySlot;
    this.#transportKey = transportKeyOf(options.deviceKey);
    this.#file = new CardFile(options.path, options.deviceKey);
    this.#lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
  }

  /** Makes the card's keys. Asked again for the same card, it leaves everything as it is. */
  personalise(order: {
    readonly cardId: string;
    readonly kinds: readonly KeyKind[];
    /** 32 bytes; without it the card's PINs are not reset at kiosks. */
    readonly unblockKey?: Uint8Array | undefined;
    /** Without them nothing is loaded into the card’s free area. */
    readonly freeAreaKeys?: StaticKeys | undefined;
  }): Promise<CardResult<undefined>> {
    return this.#locked(async () => {
      const loaded = await this.#file.load();
      if (loaded.ok && loaded.value.cardId === order.cardId) return ok(undefined);
      if (loaded.ok) return fail('card-of-another-id', 'the card was personalised as another one');
      if (loaded.failure.code !== 'card-absent') return loaded;
      const keyOf = async (kind: KeyKind): Promise<KeySlot | null> =>
        order.kinds.includes(kind) ? this.#makeKey() : null;
      const [authentication, signature] = await Promise.all([keyOf('authentication'), keyOf('signature')]);
      const unblockKey = order.unblockKey && Buffer.from(order.unblockKey).toString('base64');
      await this.#file.save({
        cardId: order.cardId,
        keys: { authentication, signature },
        transportKey: this.#transportKey.toString('base64'),
        ...(unblockKey !== undefined && { unblockKey }),
        ...(order.freeAreaKeys && { freeAreaKeys: encodeKeys(order.freeAreaKeys) }),
      });
      return ok(undefined);
    });
  }

  /** A PKCS#10 request signed by the key; the PIN is needed once the holder has set one. */
  certificationRequest(kind: KeyKind, pin?: string): Promise<CardResult<Uint8Array>> {
    return this.#authorised(kind, pin, async ({ record, slot }) =>
      ok(await makeCertificationRequest(record.cardId, slot)),
    );
  }

  /**
   * Draws the pair that is to follow the key's, or finds the one that waits, and asks for its certificate. The key before
   * stays in use until that certificate is written.
   */
  renewKey(kind: KeyKind, pin: string): Promise<CardResult<Uint8Array>> {
    return this.#authorised(kind, pin, async ({ record, slot }) => {
      const { privateKey, publicKey } = slot.next ?? (await this.#makeKey());
      const next = { privateKey, publicKey };
      if (!slot.next) await this.#file.save(withSlot(record, kind, { ...slot, next }));
      return ok(await makeCertificationRequest(record.cardId, next));
    });
  }

  /**
   * Stores the certificate of the card's own key, and reads it back from the disk. Of the pair that waits: key and
   * certificate are replaced in one write, and the PIN stays.
   */
  writeCertificate(kind: KeyKind, der: Uint8Array, pin?: string): Promise<CardResult<undefined>> {
    return this.#authorised(kind, pin, async ({ record, slot }) => {
      const parsed = parseCertificate(der);
      if (!parsed.ok) return fail('certificate-unreadable', `the certificate: ${parsed.failure.code}`);
      const holding = slotOfKey(slot, Buffer.from(parsed.value.publicKey.der).toString('base64'));
      if (!holding)
        return fail('certificate-of-another-key', 'the certificate is not of this key of this card');
      const certificate = Buffer.from(der).toString('base64');
      await this.#file.save(withSlot(record, kind, { ...holding, certificate }));
      const written = await this.#file.load();
      if (!written.ok) return written;
      if (written.value.keys[kind]?.certificate !== certificate)
        return fail('card-damaged', 'the certificate was not read back as it was written');
      return ok(undefined);
    });
  }

  /**
   * Writes files of the applications, by application and EF (`jpki/000b`), and their 照合番号, as long as no key has a PIN. All
   * in one write; what is no file of the card to be written, or too long for it, is none of the factory’s orders and throws.
   */
  writeContents(contents: WrittenContents): Promise<CardResult<undefined>> {
    return this.#inFactory(async (record) => {
      await this.#file.save(await withContents(record, contents));
      return ok(undefined);
    });
  }

  /** Files as a reader finds them by commands, by application and EF: for the factory. What is not there is absent. */
  readContents(files: readonly string[]): Promise<CardResult<Readonly<Record<string, Buffer>>>> {
    return this.#inFactory(async (record) => {
      const reader = new Chip(this.#file, record);
      return ok(await readFiles(reader, this.#transportKey, files));
    });
  }

  /** The first PIN, by the holder. */
  setPin(kind: KeyKind, pin: string): Promise<CardResult<undefined>> {
    return this.#opened(kind, async ({ slot, reader }) =>
      slot.pin === null
        ? reader.storePin(kind, pin)
        : fail('pin-already-set', 'the PIN is set; it is changed with the old one'),
    );
  }

  /** The pair that a card came without, with its first PIN: at a counter, by the holder, who knows the PIN of the other key. */
  addKey(kind: KeyKind, pin: string, otherPin: string): Promise<CardResult<undefined>> {
    return this.#authorised(otherKeyOf(kind), otherPin, async ({ slot, chip: { record } }) => {
      if (slot.pin === null) return fail('not-authorised', 'the card has not left the factory');
      if (record.keys[kind]) return fail('pin-already-set', 'the card has a key of this kind');
      return this.#storePin(record, kind, await this.#makeKey(), pin);
    });
  }

  /** Another PIN, by whoever knows the old one. */
  changePin(kind: KeyKind, oldPin: string, newPin: string): Promise<CardResult<undefined>> {
    return this.#opened(kind, async ({ reader }) => {
      const wellFormed = parsePin(kind, newPin); // before a try is spent on a change that cannot be
      if (!wellFormed.ok) return wellFormed;
      const shown = await reader.showPin(kind, oldPin);
      return shown.ok ? reader.storePin(kind, newPin) : shown;
    });
  }

  /** Begins the reset of a PIN, by whoever knows the other one: the bytes that the issuer's permission has to name. */
  beginPinReset(kind: KeyKind, otherPin: string): Promise<CardResult<Buffer>> {
    return this.#authorised(otherKeyOf(kind), otherPin, async ({ record, slot }) => {
      if (slot.pin === null) return fail('pin-not-set', 'the holder has not set the other PIN');
      const begun = withReset(record, kind);
      if (!begun.ok) return begun;
      await this.#file.save(begun.value.record);
      return ok(begun.value.nonce);
    });
  }

  /** Ends it: with the other PIN once more and the issuer's permission the new PIN is set, with all its tries. */
  endPinReset(
    kind: KeyKind,
    otherPin: string,
    newPin: string,
    permission: Uint8Array,
  ): Promise<CardResult<undefined>> {
    return this.#authorised(otherKeyOf(kind), otherPin, async ({ record }) => {
      const wellFormed = parsePin(kind, newPin); // before the reset is spent on a PIN that cannot be
      if (!wellFormed.ok) return wellFormed;
      const { reset: _, ...spent } = record;
      await this.#file.save(spent);
      const permitted = checkPermission(record, kind, permission);
      if (!permitted.ok) return permitted;
      const slot = spent.keys[kind];
      return slot
        ? this.#storePin(spent, kind, slot, newPin)
        : fail('key-absent', 'the card has no key of this kind');
    });
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256 over the data (1 MiB at the most). */
  sign(kind: KeyKind, pin: string, data: Uint8Array): Promise<CardResult<Buffer>> {
    return this.#opened(kind, async ({ reader }) => {
      if (data.length > SIGNED_BYTES_MAX) return fail('data-too-large', 'more than is signed at once');
      const shown = await reader.showPin(kind, pin);
      return shown.ok ? reader.sign(kind, data) : shown;
    });
  }

  /** The card in a reader for as long as the work takes: commands and answers, with power from beginning to end. */
  inReader<T>(work: (card: Transmitter) => Promise<CardResult<T>>): Promise<CardResult<T>> {
    return this.#locked(async () => {
      const loaded = await this.#file.load();
      return loaded.ok ? work(new Chip(this.#file, loaded.value)) : loaded;
    });
  }

  /** The authentication certificate is open to all; the signature certificate holds four attributes of a person. */
  readCertificate(kind: KeyKind, pin?: string): Promise<CardResult<Buffer>> {
    const read = async ({ slot }: Opened): Promise<CardResult<Buffer>> =>
      slot.certificate === null
        ? fail('certificate-absent', 'there is no certificate of this kind on the card')
        : ok(Buffer.from(slot.certificate, 'base64'));
    return kind === 'authentication' ? this.#opened(kind, read) : this.#authorised(kind, pin, read);
  }

  status(): Promise<CardResult<CardStatus>> {
    return this.#locked(async () => {
      const loaded = await this.#file.load();
      if (!loaded.ok) return loaded;
      const { cardId, keys, printed } = loaded.value;
      const statuses = KEY_KINDS.flatMap((kind) => {
        const slot = keys[kind];
        return slot
          ? [{ kind, hasCertificate: slot.certificate !== null, triesLeft: slot.pin?.triesLeft }]
          : [];
      });
      return ok({ cardId, numberB: printed?.numberB, keys: statuses });
    });
  }

  async #storePin(
    record: CardRecord,
    kind: KeyKind,
    slot: KeySlot,
    pin: string,
  ): Promise<CardResult<undefined>> {
    const parsed = parsePin(kind, pin);
    if (!parsed.ok) return parsed;
    const stored = { hash: await hashPin(parsed.value), triesLeft: triesMaxOf(kind) };
    await this.#file.save(withSlot(record, kind, { ...slot, pin: stored }));
    return ok(undefined);
  }

  #inFactory<T>(work: (record: CardRecord) => Promise<CardResult<T>>): Promise<CardResult<T>> {
    return this.#locked(async () => {
      const loaded = await this.#file.load();
      if (!loaded.ok) return loaded;
      return isInFactory(loaded.value)
        ? work(loaded.value)
        : fail('not-authorised', 'the card has left the factory');
    });
  }

  #locked<T>(work: () => Promise<CardResult<T>>): Promise<CardResult<T>> {
    return withCardLock(this.#file.path, this.#lockWaitMs, work);
  }

  #opened<T>(kind: KeyKind, work: (opened: Opened) => Promise<CardResult<T>>): Promise<CardResult<T>> {
    return this.#locked(async () => {
      const loaded = await this.#file.load();
      if (!loaded.ok) return loaded;
      const slot = loaded.value.keys[kind];
      if (!slot) return fail('key-absent', 'the card has no key of this kind');
      const chip = new Chip(this.#file, loaded.value);
      return work({ record: loaded.value, slot, chip, reader: new CardReader(chip) });
    });
  }

  /** For the factory as long as no PIN is set, and for whoever knows the PIN afterwards. */
  #authorised<T>(
    kind: KeyKind,
    pin: string | undefined,
    work: (opened: Opened) => Promise<CardResult<T>>,
  ): Promise<CardResult<T>> {
    return this.#opened(kind, async (opened) => {
      if (opened.slot.pin === null) return work(opened);
      if (pin === undefined) return fail('not-authorised', 'this needs the PIN');
      const shown = await opened.reader.showPin(kind, pin);
      if (!shown.ok) return shown;
      const { record } = opened.chip;
      const slot = record.keys[kind];
      if (!slot) throw new Error('a key left the card while its PIN was shown');
      return work({ ...opened, record, slot });
    });
  }
}

const encodeKeys = ({ enc, mac }: StaticKeys) => ({
  enc: Buffer.from(enc).toString('base64'),
  mac: Buffer.from(mac).toString('base64'),
});

/** The slot as it is once a certificate of this key is written; undefined where neither pair has it. */
function slotOfKey(slot: KeySlot, publicKey: string): KeySlot | undefined {
  if (slot.publicKey === publicKey) return slot;
  const { next, ...before } = slot;
  return next?.publicKey === publicKey ? { ...before, ...next } : undefined;
}
