/**
 * The host’s end of a secure channel with an application of a card in a reader: it knows the card by its octets only. What a card
 * answers that has not the keys is believed in nothing.
 */
import { timingSafeEqual } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  newChannel,
  openResponse,
  SECURITY_LEVEL,
  type SecureChannel,
  type SecuredCommand,
  sealAuthenticate,
  sealCommand,
} from './secure-channel.ts';
import { CHALLENGE_BYTES, type StaticKeys, sessionKeysOf } from './session-keys.ts';

/** A card in a reader, wherever it is. */
export interface CardInReader {
  transmit(command: Uint8Array): Promise<Uint8Array>;
}

export type ChannelFailure =
  /** No application of this AID, or a card that has not its keys. */
  'card-not-authentic' | 'card-refused';

const DONE = 0x9000;
const CHALLENGE_AT = 13;
const CRYPTOGRAM_AT = CHALLENGE_AT + CHALLENGE_BYTES;
const ANSWER_BYTES = CRYPTOGRAM_AT + CHALLENGE_BYTES;

interface Answer {
  readonly data: Buffer;
  readonly word: number;
}

export class HostChannel {
  readonly #card: CardInReader;
  #channel: SecureChannel;

  private constructor(card: CardInReader, channel: SecureChannel) {
    this.#card = card;
    this.#channel = channel;
  }

  /** Selects the application and proves both ends to each other. */
  static async open(
    card: CardInReader,
    aid: string,
    keys: StaticKeys,
    hostChallenge: Uint8Array,
  ): Promise<Result<HostChannel, 'card-not-authentic'>> {
    const name = Buffer.from(aid, 'hex');
    const selected = await send(card, [0x00, 0xa4, 0x04, 0x0c], name);
    const answer = await send(card, [0x80, 0x50, 0x00, 0x00], hostChallenge, 0);
    if (selected.word !== DONE || answer.word !== DONE || answer.data.length !== ANSWER_BYTES)
      return stranger();
    const cardChallenge = answer.data.subarray(CHALLENGE_AT, CRYPTOGRAM_AT);
    const session = sessionKeysOf(keys, Buffer.concat([hostChallenge, cardChallenge]));
    if (!timingSafeEqual(session.cardCryptogram, answer.data.subarray(CRYPTOGRAM_AT))) return stranger();
    const command = { ins: 0x82, p1: SECURITY_LEVEL, p2: 0, data: session.hostCryptogram };
    const proof = sealAuthenticate(newChannel(session), command);
    const opened = await send(card, [0x84, 0x82, SECURITY_LEVEL, 0x00], proof.data);
    return opened.word === DONE ? ok(new HostChannel(card, proof.channel)) : stranger();
  }

  /** The data of the card’s answer; a refusal ends the channel, as does an answer that is not the card’s. */
  async send(command: SecuredCommand): Promise<Result<Buffer, ChannelFailure>> {
    const { ins, p1, p2 } = command;
    const sealed = sealCommand(this.#channel, command);
    const answer = await send(this.#card, [0x84, ins, p1, p2], sealed.data, 0);
    if (answer.word !== DONE) return fail('card-refused', `the card answered ${answer.word.toString(16)}`);
    const data = openResponse(sealed.channel, answer.data, answer.word);
    if (!data) return stranger();
    this.#channel = sealed.channel;
    return ok(data);
  }
}

const stranger = () => fail('card-not-authentic', 'no card with these keys, or somebody between');

async function send(
  card: CardInReader,
  header: readonly [number, number, number, number],
  data: Uint8Array,
  expected?: number,
): Promise<Answer> {
  const length = expected === undefined ? [] : [expected];
  const answer = Buffer.from(await card.transmit(Buffer.from([...header, data.length, ...data, ...length])));
  if (answer.length < 2) return { data: Buffer.alloc(0), word: 0 };
  return { data: answer.subarray(0, -2), word: answer.readUInt16BE(answer.length - 2) };
}
