/** 国外転出, and the return of most, to the same municipality or another. The code is theirs for life. */
import type { Kind } from '../town-life.ts';
import { enter } from './moves.ts';

export const overseasMoves: Kind = {
  name: 'overseas move',
  perThousandAYear: 6,
  begin: (life, name) => {
    const person = life.pick(name, (_, { state }) => state.becameResidentOn < life.today);
    if (!person) return;
    const from = life.model.homeRecord(person).municipality;
    life.change(1, person, {
      name: `${name} out`,
      event: ({ residentCode }, today) => ({
        reason: 'move-out',
        residentCode,
        eventDate: today,
        destination: 'アメリカ合衆国',
        abroad: true,
      }),
      after: (_, { eventDate }) => ({
        status: 'moved-out',
        endedOn: eventDate,
        movedTo: '国外　アメリカ合衆国',
      }),
      done: () => {
        person.home = undefined;
        if (life.chance.happens(`${name} stays`, 0.3)) return;
        const days = life.chance.between(`${name} days`, 5, 90);
        const isHome = life.chance.happens(`${name} home`, 0.4);
        const to = isHome ? from : life.elsewhere(name, person);
        const previousAddress = 'アメリカ合衆国カリフォルニア州';
        enter(life, { name, person, from, to, days, previousAddress }, () => life.release(person, 2));
      },
    });
  },
};
