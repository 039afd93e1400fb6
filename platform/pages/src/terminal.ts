/** The name of the terminal where an operator sits, as they gave it when they signed in: it stands in ledger entries. */
import { type Remembered, remembered } from './remembered.ts';

export const TERMINAL: Remembered = remembered('ishizue-terminal', /[0-9a-z-]{1,32}/);

/** The terminal of a request; `desk` where none was named. */
export const terminalOf = (headers: Readonly<Record<string, string | string[] | undefined>>): string =>
  TERMINAL.read(typeof headers['cookie'] === 'string' ? headers['cookie'] : undefined) ?? 'desk';
