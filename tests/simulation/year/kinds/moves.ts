/**
 * 転出 and 転入 between two of the municipalities, each on its own links. The old municipality records first, or the new
 * one does; who is restless moves on soon after. Some certificates do not show the number.
 */
import type { ModelRecord, Person } from '../model.ts';
import { addressOf, detailsIn, entryState } from '../people.ts';
import type { Kind, TownLife } from '../town-life.ts';

export const moves: Kind = {
  name: 'move',
  perThousandAYear: 45,
  begin: (life, name) => {
    const person = life.pick(name, (_, { state }) => state.becameResidentOn < life.today);
    if (person) move(life, name, person, 1);
  },
};

function move(life: TownLife, name: string, person: Person, hop: number): void {
  const from = life.model.homeRecord(person);
  const leave = (days: number, on: string | undefined, then: () => void): void =>
    life.change(days, person, {
      name: `${name} out`,
      event: ({ residentCode }, today) => ({
        reason: 'move-out',
        residentCode,
        eventDate: on ?? today,
        destination: '他の市区町村',
      }),
      after: (_, { eventDate }) => ({ status: 'moved-out', endedOn: eventDate, movedTo: '他の市区町村' }),
      done: then,
    });
  const settleDown = (): void => {
    const isRestless = hop < 4 && life.chance.happens(`${name} restless`, 0.3);
    if (!isRestless) return life.release(person, 2);
    const next = `${name} hop ${hop + 1}`;
    life.afterDays(life.chance.between(`${next} days`, 2, 6), next, () => move(life, next, person, hop + 1));
  };
  const days = life.chance.between(`${name} days`, 1, 12);
  const to = life.elsewhere(name, person, from.municipality);
  if (life.chance.happens(`${name} in first`, 0.35))
    // the new municipality is quicker: the old one hears of it, and records the day that it was
    enter(life, { name, person, to, days: 1, from: from.municipality }, (on) => {
      person.home = from.municipality;
      leave(days, on, () => {
        person.home = to;
        settleDown();
      });
    });
  else
    leave(1, undefined, () => enter(life, { name, person, to, days, from: from.municipality }, settleDown));
}

export interface Entry {
  readonly name: string;
  readonly person: Person;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** Where from, as declared; the municipality where absent. */
  readonly previousAddress?: string;
}

/** The move-in of somebody who has a code; tells the day from which they live there. */
export function enter(
  life: TownLife,
  { name, person, from, to, days, previousAddress }: Entry,
  then: (on: string) => void,
): void {
  const residentCode = person.residentCode ?? '';
  const old = life.model.findRecord(from, residentCode);
  if (!old) throw new Error(`${name}: nothing to move from`);
  const address = addressOf(life.chance, name);
  const before = previousAddress ?? life.country.directory.fullName(from);
  let asked = 1;
  life.order(days, {
    name: `${name} in`,
    municipality: to,
    event: async (today) => {
      const earlier = life.model.findRecord(to, residentCode);
      const own = earlier ? await life.numberAt(to, residentCode) : null;
      const shown = life.chance.happens(`${name} paper`, 0.3)
        ? null
        : await life.numberAt(from, residentCode);
      asked = askedAfter(earlier, own, old.state.name, shown);
      const details = detailsIn(old.state);
      const individualNumber = shown;
      return {
        reason: 'move-in',
        residentCode,
        individualNumber,
        eventDate: today,
        details,
        address,
        previousAddress: before,
      };
    },
    done: (_, _today, { eventDate }) => {
      const state = entryState(detailsIn(old.state), address, eventDate, before);
      life.model.enter(to, residentCode, state, asked);
      person.home = to;
      then(eventDate);
    },
  });
}

/**
 * How often the record will have had its number from the centre after an entry: it asks where neither the paper nor the
 * record from before shows one, and a record under another name is not believed.
 */
export function askedAfter(
  earlier: ModelRecord | undefined,
  own: string | null,
  name: string,
  shown: string | null,
): number {
  const asks = shown === null ? 1 : 0;
  if (!earlier || own === null) return asks;
  return earlier.state.name === name ? earlier.asked : earlier.asked + asks;
}
