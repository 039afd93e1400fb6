/** Runs loads in tests: each on a session of its own, what it rejects collected. */
import type { TestContext } from 'node:test';
import { testAccess } from '@ishizue/registry/testing';
import type { OverseasCountry } from '../testing/index.ts';
import { type EntryLoad, loadEntries, type RejectedEntryRow } from './load-entries.ts';

/** The bytes of a text, some hundred at a time. */
export async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += 700) yield bytes.subarray(start, start + 700);
}

/** Loads a file into a municipality of the country. */
export async function loadFile(
  t: Pick<TestContext, 'after'>,
  { country, context }: OverseasCountry,
  municipality: string,
  bytes: AsyncIterable<Uint8Array>,
  announced?: EntryLoad['announced'],
): Promise<{
  readonly outcome: Awaited<ReturnType<typeof loadEntries>>;
  readonly rejected: readonly RejectedEntryRow[];
}> {
  const session = country.database.session('overseas');
  t.after(() => session.end({ timeout: 1 }));
  const rejected: RejectedEntryRow[] = [];
  const outcome = await loadEntries(context, {
    municipality,
    bytes,
    encoding: 'utf-8',
    access: testAccess,
    session,
    reject: (row) => Promise.resolve(void rejected.push(row)),
    ...(announced && { announced }),
  });
  return { outcome, rejected };
}
