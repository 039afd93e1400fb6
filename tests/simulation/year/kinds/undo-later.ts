/** 取消し: the last act on a person's record was a mistake, and another act takes it back. */
import type { RecordedEvent } from '@ishizue/registry';
import type { ModelRecord, RecordState } from '../model.ts';
import type { TownLife } from '../town-life.ts';

export interface Mistake {
  readonly name: string;
  readonly record: ModelRecord;
  /** The act that is to be undone. */
  readonly recorded: RecordedEvent;
  /** What the record says after the undo. */
  readonly restored: RecordState;
  readonly done: (undone: RecordedEvent) => void;
  /** Where the household has changed meanwhile, so that nobody can come back into it; a finding without it. */
  readonly refused?: () => void;
}

/** Plans the undo, some days from now. */
export function undoLater(
  life: TownLife,
  { name, record, recorded, restored, done, refused }: Mistake,
): void {
  life.order(life.chance.between(`${name} days`, 1, 9), {
    name: `${name} undo`,
    municipality: record.municipality,
    event: (today) => ({
      reason: 'undo',
      residentCode: record.residentCode,
      eventDate: today,
      undoes: recorded.sequence,
      basis: '誤記載',
    }),
    done: (undone, today) => {
      life.model.change(record, restored, today);
      done(undone);
    },
    refused: (code) => {
      if (!refused || code !== life.model.whyNotBack(record)) return false;
      refused();
      return true;
    },
  });
}
