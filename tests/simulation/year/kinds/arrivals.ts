/** First entries from abroad, of persons who get their first code: one by one, and by the busload, until the codes run out. */
import { addressOf, detailsOf, entryState } from '../people.ts';
import type { Kind, TownLife } from '../town-life.ts';

export const arrivals: Kind = {
  name: 'arrival',
  perThousandAYear: 4,
  begin: (life, name) => arrive(life, name, life.chance.oneOf(`${name} where`, life.country.municipalities)),
};

export const groupArrivals: Kind = {
  name: 'group arrival',
  perThousandAYear: 0.15,
  begin: (life, name) => {
    const to = life.chance.oneOf(`${name} where`, life.country.municipalities);
    const persons = life.chance.between(`${name} persons`, 120, 260);
    for (let nth = 1; nth <= persons; nth++) arrive(life, `${name} ${nth}`, to);
  },
};

function arrive(life: TownLife, name: string, to: string): void {
  const details = detailsOf(life.chance, name, true);
  const address = addressOf(life.chance, name);
  life.order(1, {
    name,
    municipality: to,
    event: (today) => ({
      reason: 'move-in',
      residentCode: null,
      individualNumber: null,
      eventDate: today,
      details,
      address,
      previousAddress: 'ベトナム社会主義共和国',
    }),
    done: ({ residentCode }, _today, { eventDate }) => {
      const state = entryState(details, address, eventDate, 'ベトナム社会主義共和国');
      life.model.enter(to, residentCode, state, 1);
      life.release(life.model.addPerson(residentCode, to, 0), 2);
    },
  });
}
