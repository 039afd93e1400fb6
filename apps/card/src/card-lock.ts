/**
 * One holder of a card at a time, across processes. The lock is an abstract Unix socket (unix(7)) named after the card's
 * path: the kernel gives it to one process, and frees it when that process ends, however it ends, so that there is no
 * stale lock to judge. Linux only; containers that share a card must share a network namespace.
 */
import { hash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fail } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';

const RETRY_MS = 5;

/** Runs `work` while no one else holds the card; `card-busy` where the lock was not free within the time. */
export async function withCardLock<T>(
  file: string,
  waitMs: number,
  work: () => Promise<CardResult<T>>,
): Promise<CardResult<T>> {
  const folder = await realpath(path.dirname(file));
  const name = `\0ishizue-card-${hash('sha256', path.join(folder, path.basename(file))).slice(0, 40)}`;
  const until = performance.now() + waitMs;
  let lock = await take(name);
  while (!lock) {
    if (performance.now() >= until) return fail('card-busy', 'the card is in use');
    await pause(RETRY_MS + Math.random() * RETRY_MS);
    lock = await take(name);
  }
  try {
    return await work();
  } finally {
    await release(lock);
  }
}

function take(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
}

function release(lock: Server): Promise<void> {
  return new Promise((resolve) => {
    lock.close(() => resolve());
  });
}
