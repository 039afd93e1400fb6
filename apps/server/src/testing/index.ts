/**
 * An installation for tests that begin where a first start has ended: one is opened and closed once a test run, and each
 * test gets a copy of its data directory. Its country has one municipality; opened with more, it has them from then on.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testFolder } from '@ishizue/db/testing';
import { readConfiguration } from '../configuration.ts';
import { openCountry } from '../country.ts';

/** The municipality of the country. */
export const OPENED_MUNICIPALITY = '132217';

const WAIT_MS = 100;
const WAIT_MAX_MS = 150_000;

/** A data directory of its own for a test; it is removed afterwards. */
export async function openedData(t: { after(work: () => void): void }): Promise<string> {
  const opened = await openedOnce(path.join(testFolder(), 'opened'));
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-opened-'));
  chmodSync(folder, 0o755); // PostgreSQL's own user passes through
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const data = path.join(folder, 'data');
  execFileSync('cp', ['-a', opened, data]); // with its owners: PostgreSQL's files are not root's
  return data;
}

/** Whoever comes first makes it; it gets its name when it is whole. */
async function openedOnce(place: string): Promise<string> {
  for (const began = performance.now(); performance.now() - began < WAIT_MAX_MS; await sleep(WAIT_MS)) {
    if (existsSync(place)) return place;
    if (isFirst(`${place}.making`)) return open(place);
  }
  throw new Error(`no installation in ${place}: who began to make it has not ended`);
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function open(place: string): Promise<string> {
  const data = path.join(`${place}.making`, 'data');
  const country = await openCountry({
    configuration: readConfiguration({ ISHIZUE_DATA: data, ISHIZUE_DEMONSTRATION: 'off' }),
    municipalities: [OPENED_MUNICIPALITY],
  });
  await country.close();
  renameSync(data, place);
  return place;
}
