/** A round of the renewal of sites' keys, and what the log says of it. Flow: docs/flows/key-server.md step 5. */
import { randomUUID } from 'node:crypto';
import type { Log } from '@ishizue/http';
import { type KeyContext, renewSites } from '@ishizue/key-server';

export async function renewKeys(keyServer: KeyContext, log: Pick<Log, 'info' | 'warn'>): Promise<void> {
  const { renewed, failed, elsewhere } = await renewSites(keyServer, randomUUID());
  for (const site of renewed) log.info('site-key-renewed', { site });
  for (const { site, code } of failed) log.warn('site-key-not-renewed', { site, code });
  for (const site of elsewhere) log.warn('site-key-not-renewed', { site, code: 'key-elsewhere' });
}
