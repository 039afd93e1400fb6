/**
 * One signer a key store: two would overwrite each other's keys and could each sign another checkpoint of one size.
 * The lock is the kernel's (fcntl, taken through SQLite, which Node carries), so a killed process leaves none.
 */
import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

export interface InstanceLock {
  release(): void;
}

/** The lock, or undefined where another process (or another holder in this one) has it. */
export function lockInstance(path: string): InstanceLock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
