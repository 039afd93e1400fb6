/** 転居; some were recorded by mistake, and are undone. */
import { addressOf } from '../people.ts';
import type { Kind } from '../town-life.ts';
import { undoLater } from './undo-later.ts';

export const movesWithin: Kind = {
  name: 'move within',
  perThousandAYear: 20,
  begin: (life, name) => {
    const person = life.pick(name);
    if (!person) return;
    const before = life.model.homeRecord(person).state;
    const address = addressOf(life.chance, name);
    const previousAddress = [before.town, before.lot, before.building].filter(Boolean).join('');
    life.change(1, person, {
      name,
      event: ({ residentCode }, today) => ({
        reason: 'move-within',
        residentCode,
        eventDate: today,
        address,
      }),
      after: (_, { eventDate }) => ({ ...address, addressFixedOn: eventDate, previousAddress }),
      done: (recorded, record) => {
        if (!life.chance.happens(`${name} mistake`, 0.15)) return life.release(person);
        undoLater(life, { name, record, recorded, restored: before, done: () => life.release(person) });
      },
    });
  },
};
