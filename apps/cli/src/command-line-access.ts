/** Who acts when a verb does: whoever may run commands on the installation, by the operator's id that set-up has. */
import { randomUUID } from 'node:crypto';
import type { Access } from '@ishizue/registry';

export const commandLineAccess = (article: string, affair: string): Access => ({
  actorKind: 'operator',
  actor: 'o-setup',
  terminal: 'command-line',
  article,
  affair,
  correlation: randomUUID(),
});
