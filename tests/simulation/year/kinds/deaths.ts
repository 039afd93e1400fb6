/** 死亡; one in twelve was another person's, and is undone. */
import type { Kind } from '../town-life.ts';
import { undoLater } from './undo-later.ts';

export const deaths: Kind = {
  name: 'death',
  perThousandAYear: 11,
  begin: (life, name) => {
    const person = life.pick(name);
    if (!person) return;
    const died = life.today;
    const alive = life.model.homeRecord(person).state;
    life.change(life.chance.between(`${name} days`, 0, 5), person, {
      name,
      event: ({ residentCode, state }, today) => ({
        reason: 'death',
        residentCode,
        eventDate: life.chance.happens(`${name} today`, 0.5) || state.becameResidentOn > died ? today : died,
      }),
      after: (_, { eventDate }) => ({ status: 'deceased', endedOn: eventDate }),
      done: (recorded, record) => {
        if (life.chance.happens(`${name} mistake`, 1 / 12))
          return undoLater(life, {
            name,
            record,
            recorded,
            restored: alive,
            done: () => life.release(person),
            refused: () => {
              person.home = undefined;
            },
          });
        person.home = undefined;
      },
    });
  },
};
