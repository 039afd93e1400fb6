/**
 * A clerk types somebody else's valid code at a move-in. The tiers hold the entry back and tell both municipalities; the
 * officer who hears of it undoes the entry and enters the mover under the right code.
 */
import type { ModelRecord, Person } from '../model.ts';
import { addressOf, detailsIn, entryState } from '../people.ts';
import type { Kind, TownLife } from '../town-life.ts';
import { enter } from './moves.ts';

export const wrongCodes: Kind = {
  name: 'wrong code',
  perThousandAYear: 1,
  begin: (life, name) => {
    const mover = life.pick(name, (_, { state }) => state.becameResidentOn < life.today);
    if (!mover) return;
    const from = life.model.homeRecord(mover);
    const to = life.elsewhere(name, mover, from.municipality);
    const other = life.pick(`${name} other`, (person, record) => isFit(life, { person, record, from, to }));
    if (!other?.residentCode) return life.release(mover);
    const story: Story = { life, name, mover, other, from, to, wrongCode: other.residentCode };
    life.change(1, mover, {
      name: `${name} out`,
      event: ({ residentCode }, today) => ({
        reason: 'move-out',
        residentCode,
        eventDate: today,
        destination: '他の市区町村',
      }),
      after: (_, { eventDate }) => ({ status: 'moved-out', endedOn: eventDate, movedTo: '他の市区町村' }),
      done: () => {
        mover.home = undefined;
        enterWrongly(story);
      },
    });
  },
};

interface Story {
  readonly life: TownLife;
  readonly name: string;
  readonly mover: Person;
  /** Whose code is typed. */
  readonly other: Person;
  readonly from: ModelRecord;
  readonly to: string;
  readonly wrongCode: string;
}

/** Somebody of whom everything has long been heard everywhere, who never lived where the clerk sits. */
function isFit(
  life: TownLife,
  { person, record, from, to }: { person: Person; record: ModelRecord; from: ModelRecord; to: string },
): boolean {
  return (
    life.isQuietFor(person, 20) &&
    record.municipality !== to &&
    !life.model.findRecord(to, record.residentCode) &&
    (record.state.name !== from.state.name ||
      record.state.birthDate !== from.state.birthDate ||
      record.state.sex !== from.state.sex)
  );
}

function enterWrongly(story: Story): void {
  const { life, name, mover, other, from, to, wrongCode } = story;
  const address = addressOf(life.chance, name);
  const previousAddress = life.country.directory.fullName(from.municipality);
  const details = detailsIn(from.state);
  life.order(1, {
    name: `${name} wrong`,
    municipality: to,
    event: (today) => ({
      reason: 'move-in',
      residentCode: wrongCode,
      individualNumber: null,
      eventDate: today,
      details,
      address,
      previousAddress,
    }),
    done: (recorded, _today, { eventDate }) => {
      const isNews = !life.model
        .recordsOf(wrongCode)
        .some(
          ({ municipality, stray: earlier }) =>
            life.prefectureOf(municipality) === life.prefectureOf(to) && (!earlier || earlier.isOver),
        );
      const stray = life.model.enter(
        to,
        wrongCode,
        entryState(details, address, eventDate, previousAddress),
        0, // no number is made for an entry that the nation has not taken over
      );
      const undone = { undoneAt: Number.POSITIVE_INFINITY, isNews, isOver: false };
      stray.stray = undone;
      const settle = (): void =>
        life.order(1, {
          name: `${name} undo`,
          municipality: to,
          event: (today) => ({
            reason: 'undo',
            residentCode: wrongCode,
            eventDate: today,
            undoes: recorded.sequence,
            basis: '住民票コードの誤り',
          }),
          done: ({ sequence }, today) => {
            life.model.change(stray, { status: 'moved-out', endedOn: eventDate, movedTo: null }, today);
            undone.undoneAt = sequence;
            life.release(other, 20);
            enter(life, { name, person: mover, from: from.municipality, to, days: 1 }, () =>
              life.release(mover, 2),
            );
          },
        });
      life.watchConflict({ municipality: to, residentCode: wrongCode, settle });
    },
  });
}
