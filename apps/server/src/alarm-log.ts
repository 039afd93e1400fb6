/**
 * Alarms in the log: each once when it is raised and once when it is cleared, whichever process measured. After a start one
 * line says how many stand already. A fault of the whole country raises thousands: the first are named, the others counted.
 */
import type { Log } from '@ishizue/http';
import type { Alarm } from '@ishizue/registry';

type Told = Pick<Alarm, 'id' | 'code' | 'about' | 'value'>;

const NAMED_MAX = 20;

export class AlarmLog {
  readonly #log: Log;
  #standing: ReadonlyMap<number, Told> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param alarms those that stand now */
  tell(alarms: readonly Told[]): void {
    const before = this.#standing;
    this.#standing = new Map(alarms.map((alarm) => [alarm.id, alarm]));
    if (before === undefined) {
      if (alarms.length > 0) this.#log.warn('alarms-standing', { alarms: alarms.length });
      return;
    }
    const raised = alarms.filter(({ id }) => !before.has(id));
    const cleared = [...before.values()].filter(({ id }) => this.#standing?.has(id) !== true);
    for (const { id, code, about, value } of raised.slice(0, NAMED_MAX))
      this.#log.warn('alarm-raised', { id, code, about, value: Math.round(value) });
    for (const { id, code, about } of cleared.slice(0, NAMED_MAX))
      this.#log.info('alarm-cleared', { id, code, about });
    if (raised.length > NAMED_MAX) this.#log.warn('alarms-raised', { alarms: raised.length });
    if (cleared.length > NAMED_MAX) this.#log.info('alarms-cleared', { alarms: cleared.length });
  }
}
