/** Changes of the national site for the tests of population movement, and the plain count that they are compared with. */
import type { Sql, Tx } from '@ishizue/db';
import type { EventReason } from '../identity/event-reason.ts';
import { MOVEMENT_AGE_MAX, MOVEMENT_REASONS } from './close-movement-months.ts';

/** A change as the national site records it. */
export interface PlantedChange {
  readonly residentCode: string;
  readonly municipality: string;
  readonly sequence: number;
  readonly reason: EventReason;
  readonly eventDate: string;
  readonly recordedAt: Date;
  readonly birthDate: string;
  readonly sex: number;
  readonly undoes: number | null;
}

/** Writes changes as if they had been taken over. */
export async function plantChanges(sql: Sql | Tx, changes: readonly PlantedChange[]): Promise<void> {
  await sql`
    INSERT INTO registry.national_change
      (resident_code, municipality_code, sequence, reason, event_date, applied_at, birth_date, sex, undoes)
    SELECT "residentCode", municipality, sequence, reason, "eventDate", "recordedAt", "birthDate", sex, undoes
    FROM jsonb_to_recordset(${sql.json(changes.map((change) => ({ ...change, recordedAt: change.recordedAt.toISOString() })))})
      AS c("residentCode" text, municipality text, sequence int, reason text, "eventDate" date,
        "recordedAt" timestamptz, "birthDate" text, sex smallint, undoes int)`;
}

/** Completed years, by counting birthdays one after another. */
export function ageByBirthdays(birthDate: string, on: string): number | null {
  const [year = 0, month = 0, day = 0] = birthDate.split('-').map(Number);
  if (year === 0) return null;
  const latestMonth = month === 0 ? 12 : month;
  const daysOfMonth = new Date(Date.UTC(year, latestMonth, 0)).getUTCDate();
  const latestDay = day === 0 || month === 0 ? daysOfMonth : day;
  let age = 0;
  // Date.UTC carries 29 February of a year without one to 1 March
  while (new Date(Date.UTC(year + age + 1, latestMonth - 1, latestDay)).toISOString().slice(0, 10) <= on)
    age++;
  return age;
}

const isMovement = (reason: EventReason): boolean => MOVEMENT_REASONS.some((one) => one === reason);

/** The lines of a month without its name, `municipality,reason,kind,event_month,sex,age` → count. */
export function countPlainly(all: readonly PlantedChange[], month: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const recordedIn = ({ recordedAt }: PlantedChange): string =>
    new Date(recordedAt.getTime() + 9 * 3_600_000).toISOString().slice(0, 7);
  for (const change of all.filter((one) => recordedIn(one) === month)) {
    const isUndo = change.reason === 'undo';
    const event = isUndo
      ? all.find(
          (one) =>
            one.residentCode === change.residentCode &&
            one.municipality === change.municipality &&
            one.sequence === change.undoes,
        )
      : change;
    if (!event || !isMovement(event.reason)) continue;
    const eventMonth = event.eventDate.slice(0, 7);
    const kind = isUndo ? 'undone' : eventMonth < month ? 'late' : 'current';
    const age = ageByBirthdays(event.birthDate, event.eventDate);
    const shownAge = age === null ? '' : Math.min(age, MOVEMENT_AGE_MAX);
    const sex = ['', 'male', 'female', 'unknown'][event.sex];
    const line = [event.municipality, event.reason, kind, eventMonth, sex, shownAge].join(',');
    lines.set(line, (lines.get(line) ?? 0) + (isUndo ? -1 : 1));
  }
  return lines;
}
