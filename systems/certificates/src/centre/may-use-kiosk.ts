/** Whether the centre lets a person have certificates at a kiosk: current residents of fifteen and over. Pure. */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';

export type PersonRefusal = 'person-unknown' | 'person-not-resident' | 'under-age';

const AGE_MIN = 15;

/**
 * A birth date of which a part is unknown counts as the last day that it may be, and one of which nothing is known as
 * under age: where the register cannot show the age, the counter can ask.
 */
export function mayUseKiosk<Person extends Pick<IdentifiedPerson, 'status' | 'birthDate'>>(
  person: Person | undefined,
  today: IsoDate,
): Result<Person, PersonRefusal> {
  if (!person) return fail('person-unknown', 'the holder of the card is in no register');
  if (person.status !== 'resident') return fail('person-not-resident', 'the holder is no current resident');
  const [year = '', month = '', day = ''] = person.birthDate.split('-');
  const latest = `${month === '00' ? '12' : month}-${day === '00' ? '31' : day}`;
  const birthday = `${String(Number(year) + AGE_MIN).padStart(4, '0')}-${latest}`;
  // dates compare as text; one born on 29 February turns fifteen on 1 March
  if (Number(year) === 0 || birthday > today)
    return fail('under-age', `kiosks serve persons of ${AGE_MIN} and over`);
  return ok(person);
}
