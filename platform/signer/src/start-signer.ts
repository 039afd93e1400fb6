/**
 * Starts the signer: locks the key store, opens it and the checkpoint state, listens. The state belongs to the store
 * by a secret in it; a store without its state, or a state without its store, is a wrong path or a loss, and refused
 * rather than begun anew, because a signer that forgot would sign a second tree.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { type Clock, type ClockWatch, systemClock } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { CheckpointMemory, remembersNothing } from './checkpoint-memory.ts';
import { KeyStore, type TokenForKeys } from './key-store.ts';
import type { SignerLints } from './lints.ts';
import { RequestAnswerer, type SignerEvent } from './request-answerer.ts';
import type { ScryptCost } from './sealed-box.ts';
import type { SignerStartCode } from './signer-code.ts';
import { SignerConnection } from './signer-connection.ts';
import { createSignerService } from './signer-service.ts';
import { listenAt } from './signer-socket.ts';
import { type InstanceLock, lockInstance } from './single-instance.ts';
import { errorCode, ignoreMissing } from './system-error.ts';
import { Token, type TokenOptions } from './token/token.ts';

const CONNECTIONS_MAX = 64;
const CLOSE_WITHIN_MS = 5_000;
const STATE_SECRET = 'signer/checkpoint-state';
const STATE_USE = 'checkpoint-state';

export interface SignerOptions {
  readonly keyStorePath: string;
  readonly statePath: string;
  readonly socketPath: string;
  /** At least 12 characters. */
  readonly passphrase: string;
  readonly lints: SignerLints;
  /** The numeric group whose members may connect besides our own user. */
  readonly clientGroupId?: number;
  readonly clock?: Clock;
  /** Whether the clock may be believed by which others date what is signed; asked before each such signature. */
  readonly clockWatch?: ClockWatch;
  /** A PKCS#11 token, and how the names of keys begin that are made in it; all others stay in the key store. */
  readonly token?: TokenOptions & { readonly prefixes: readonly string[] };
  /** For a key store that is made new. */
  readonly scryptCost?: ScryptCost;
  /** Told of refusals and faults. */
  readonly report?: (event: SignerEvent) => void;
}

export interface Signer {
  readonly socketPath: string;
  /** Answers what is under way (for at most five seconds), then lets go of socket, state and lock. */
  close(): Promise<void>;
}

/** Starts a signer in this process. */
export async function startSigner(options: SignerOptions): Promise<Result<Signer, SignerStartCode>> {
  let lock: InstanceLock | undefined;
  try {
    lock = lockInstance(`${options.keyStorePath}.lock`);
    if (!lock) return fail('key-store-in-use', 'another signer holds the key store');
    const started = await start(options, lock);
    if (!started.ok) lock.release();
    return started;
  } catch (error) {
    lock?.release();
    return fail('storage-failed', errorCode(error));
  }
}

async function start(options: SignerOptions, lock: InstanceLock): Promise<Result<Signer, SignerStartCode>> {
  const tokenOptions = options.token;
  const token = tokenOptions && (await Token.open(tokenOptions));
  if (token?.ok === false) return token;
  const forKeys = token && { token: token.value, prefixes: tokenOptions?.prefixes ?? [] };
  const started = await startWith(options, lock, forKeys);
  if (!started.ok) await token?.value.close();
  return started;
}

async function startWith(
  options: SignerOptions,
  lock: InstanceLock,
  token: TokenForKeys | undefined,
): Promise<Result<Signer, SignerStartCode>> {
  const stores = await openStores(options, token);
  if (!stores.ok) return stores;
  const { keys, memory } = stores.value;
  const report = options.report ?? (() => undefined);
  const connections = new Set<SignerConnection>();
  const health = () => ({
    keys: keys.size,
    origins: memory.origins,
    connections: connections.size,
    answered: answerer.answered,
    refused: answerer.refused,
    signsCheckpoints: !memory.failed,
  });
  const answerer = new RequestAnswerer(
    createSignerService({ keys, memory, lints: options.lints, health, clockWatch: options.clockWatch }),
    report,
  );
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new SignerConnection(socket, {
      answer: (frame) => answerer.answer(frame),
      onClose: () => connections.delete(connection),
      onFault: ({ fault }) => report({ event: 'malformed', code: fault }),
    });
    connections.add(connection);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const place = { path: options.socketPath, clientGroupId: options.clientGroupId };
  const listening = await listenAt(server, place);
  if (!listening.ok) {
    await memory.close();
    return listening;
  }
  const closeAll = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections) connection.end();
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, CLOSE_WITHIN_MS);
    await ended;
    clearTimeout(deadline);
    await memory.close();
    await token?.token.close();
    lock.release();
  };
  let closed: Promise<void> | undefined;
  return ok({ socketPath: options.socketPath, close: () => (closed ??= closeAll()) });
}

interface Stores {
  readonly keys: KeyStore;
  readonly memory: CheckpointMemory;
}

async function openStores(
  options: SignerOptions,
  token: TokenForKeys | undefined,
): Promise<Result<Stores, SignerStartCode>> {
  const { keyStorePath, statePath, passphrase, scryptCost, clock = systemClock } = options;
  const opened = await KeyStore.open({
    path: keyStorePath,
    passphrase,
    clock,
    ...(scryptCost && { scryptCost }),
    ...(token && { token }),
  });
  if (!opened.ok) return opened;
  const keys = opened.value;
  const state = await readFile(statePath).catch(ignoreMissing);
  const known = keys.find(STATE_SECRET);
  if (known && !state) return fail('state-missing', 'the key store has signed checkpoints into a state file');
  if (known) return openMemory(keys, statePath, known.derive('state', ''));
  if (state && !remembersNothing(state)) {
    return keys.size === 0
      ? fail('key-store-missing', 'there is a state file, but no key store')
      : fail('state-foreign', 'the state file belongs to another key store');
  }
  return createMemory(keys, statePath);
}

async function openMemory(
  keys: KeyStore,
  statePath: string,
  key: Buffer,
): Promise<Result<Stores, SignerStartCode>> {
  const memory = await CheckpointMemory.open(statePath, key);
  return memory.ok ? ok({ keys, memory: memory.value }) : memory;
}

/** The state file comes first: after a crash in between it holds nothing, and is simply made again. */
async function createMemory(keys: KeyStore, statePath: string): Promise<Result<Stores, SignerStartCode>> {
  const secret = await keys.draft(STATE_SECRET, 'secret', [STATE_USE]);
  const key = secret.derive('state', '');
  await CheckpointMemory.create(statePath, key);
  const saved = await keys.save(secret);
  return saved.ok ? openMemory(keys, statePath, key) : fail('storage-failed', saved.failure.detail);
}
