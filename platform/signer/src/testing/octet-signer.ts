/**
 * The signer without its socket, for whoever throws octets at it: what a stream is cut into and decoded to, and what is
 * answered. Whatever breaks inside, which a client would see as `internal-error` or a refusing lint, is thrown here.
 */
import { join } from 'node:path';
import { systemClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { CheckpointMemory } from '../checkpoint-memory.ts';
import { encodeFrame, type Frame, FrameReader } from '../frame.ts';
import { KeyStore } from '../key-store.ts';
import type { SignerLints } from '../lints.ts';
import { type OperationName, operationNumbered, operations, type Requests } from '../operations.ts';
import { RequestAnswerer, type SignerEvent } from '../request-answerer.ts';
import type { SignerRequestCode } from '../signer-code.ts';
import { createSignerService } from '../signer-service.ts';
import { type Codec, decode } from '../wire.ts';
import { CHEAP_SCRYPT, PASSPHRASE } from './running-signer.ts';

/** A request as it was read, or why the connection would end. */
export type ReadRequest =
  | { readonly operation: OperationName; readonly frame: Frame; readonly rewritten: Buffer | undefined }
  | { readonly fault: SignerRequestCode };

const newReader = (): FrameReader =>
  new FrameReader({
    bodyBytesMax: (kind) => {
      const name = operationNumbered(kind);
      return name && operations[name].requestBytesMax;
    },
  });

/** The frame written anew from what was read; undefined where its body does not decode. */
function rewrite<Name extends OperationName>(
  name: Name,
  codec: Codec<Requests[Name]>,
  { requestId, body }: Frame,
): Buffer | undefined {
  const decoded = decode(codec, body);
  return decoded && encodeFrame(requestId, operations[name].number, codec, decoded.value);
}

/** The requests of a stream that comes in these chunks, up to the first fault. */
export function readRequests(chunks: readonly Buffer[]): readonly ReadRequest[] {
  const reader = newReader();
  const read: ReadRequest[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if ('fault' in frame) return [...read, { fault: frame.fault }];
      const operation = operationNumbered(frame.kind);
      if (operation === undefined) throw new Error('a frame of no operation');
      read.push({ operation, frame, rewritten: rewrite(operation, operations[operation].request, frame) });
    }
  }
  return read;
}

export interface OctetSigner {
  /** The frame of a request. */
  frame<Name extends OperationName>(name: Name, request: Requests[Name], requestId?: number): Buffer;
  /** Answers a request that was read; throws where something broke. */
  answer(frame: Frame): Promise<string>;
  /** SubjectPublicKeyInfo of a key. */
  spki(name: string): Buffer;
  close(): Promise<void>;
}

/** A signer with these keys in a folder. */
export async function openOctetSigner(
  folder: string,
  lints: SignerLints,
  wanted: readonly (readonly [name: string, algorithm: 'p-256' | 'ed25519' | 'secret', ...uses: string[]])[],
): Promise<OctetSigner> {
  const store = { path: join(folder, 'keys'), passphrase: PASSPHRASE, clock: systemClock };
  const keys = mustSucceed(await KeyStore.open({ ...store, scryptCost: CHEAP_SCRYPT }), 'a key store');
  for (const [name, algorithm, ...uses] of wanted)
    mustSucceed(await keys.ensure(name, algorithm, uses), 'a key');
  const state = join(folder, 'state');
  const stateKey = Buffer.alloc(32, 1);
  await CheckpointMemory.create(state, stateKey);
  const memory = mustSucceed(await CheckpointMemory.open(state, stateKey), 'a state');
  const counts = { keys: 0, origins: 0, connections: 0, answered: 0, refused: 0, signsCheckpoints: true };
  let events: SignerEvent[] = [];
  const answerer = new RequestAnswerer(
    createSignerService({ keys, memory, lints, health: () => counts }),
    (event) => events.push(event),
  );
  return {
    frame: (name, request, requestId = 7) =>
      encodeFrame(requestId, operations[name].number, operations[name].request, request),
    answer: async (frame) => {
      events = [];
      const answer = answerer.answer(frame);
      if (answer !== undefined) await answer;
      for (const event of events) throwIfBroken(event);
      const [event] = events;
      return event?.event === 'refused' ? event.code : answer === undefined ? 'frame-malformed' : 'ok';
    },
    spki: (name) => keys.find(name)?.record.spki ?? Buffer.alloc(0),
    close: () => memory.close(),
  };
}

function throwIfBroken(event: SignerEvent): void {
  if (event.event === 'broken') throw event.error;
  if (event.event === 'refused' && event.detail.startsWith('the lint threw')) throw new Error(event.detail);
}
