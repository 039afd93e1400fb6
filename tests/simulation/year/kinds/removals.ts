/** 職権消除 of somebody who is not found; they turn up again here or elsewhere (職権記載), or it was a mistake, or nobody knows. */

import type { ModelRecord, Person } from '../model.ts';
import { addressOf, detailsIn, entryState } from '../people.ts';
import type { Kind, TownLife } from '../town-life.ts';
import { askedAfter } from './moves.ts';
import { undoLater } from './undo-later.ts';

export const removals: Kind = {
  name: 'removal',
  perThousandAYear: 5,
  begin: (life, name) => {
    const person = life.pick(name, (_, { state }) => state.becameResidentOn < life.today);
    if (!person) return;
    const before = life.model.homeRecord(person).state;
    life.change(1, person, {
      name: `${name} out`,
      event: ({ residentCode }, today) => ({
        reason: 'ex-officio-removal',
        residentCode,
        eventDate: today,
        basis: '実態調査',
      }),
      after: (_, { eventDate }) => ({ status: 'removed', endedOn: eventDate }),
      done: (recorded, record) => {
        const draw = life.chance.at(`${name} then`);
        if (draw < 0.25)
          return undoLater(life, {
            name,
            record,
            recorded,
            restored: before,
            done: () => life.release(person),
            refused: () => {
              person.home = undefined;
            },
          });
        person.home = undefined;
        if (draw < 0.8) turnUp(life, name, person, record);
      },
    });
  },
};

function turnUp(life: TownLife, name: string, person: Person, record: ModelRecord): void {
  const isHere = life.chance.happens(`${name} here`, 0.4);
  const to = isHere ? record.municipality : life.elsewhere(name, person, record.municipality);
  const { residentCode } = record;
  const details = detailsIn(record.state);
  const address = addressOf(life.chance, name);
  let asked = 1;
  life.order(life.chance.between(`${name} days`, 3, 30), {
    name: `${name} in`,
    municipality: to,
    event: async (today) => {
      const earlier = life.model.findRecord(to, residentCode);
      const own = earlier ? await life.numberAt(to, residentCode) : null;
      asked = askedAfter(earlier, own, record.state.name, null);
      return {
        reason: 'ex-officio-entry',
        residentCode,
        individualNumber: null,
        eventDate: today,
        details,
        address,
        previousAddress: '不明',
        basis: '実態調査',
      };
    },
    done: (_, _today, { eventDate }) => {
      life.model.enter(to, residentCode, entryState(details, address, eventDate, '不明'), asked);
      person.home = to;
      life.release(person, 2);
    },
  });
}
