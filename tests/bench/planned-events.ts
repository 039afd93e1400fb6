/**
 * What officers record in the benchmark `event`: the mix of a counter's day, every act about another person, except that
 * who moves out moves in elsewhere. Made beforehand, so that making them is not measured.
 */
import type { CounterEvent, PersonalDetails, ResidentialAddress, SealedNumber } from '@ishizue/registry';

/** A person who is in a municipality's register. */
export interface Known extends PersonalDetails {
  readonly municipality: string;
  readonly residentCode: string;
  readonly individualNumber: SealedNumber;
}

export interface PlannedEvent {
  readonly municipality: string;
  readonly event: CounterEvent;
}

/** Events that one officer records one after the other. */
export type Errand = readonly PlannedEvent[];

type MakeErrand = (person: Known, elsewhere: string, eventDate: string) => Errand;

const ADDRESS: ResidentialAddress = {
  wardCode: null,
  postalCode: null,
  town: '本町三丁目',
  lot: '7番8号',
  building: 'みどり荘101号',
};

const moveWithin: MakeErrand = ({ municipality, residentCode }, _, eventDate) => [
  { municipality, event: { reason: 'move-within', residentCode, eventDate, address: ADDRESS } },
];

const minorCorrection: MakeErrand = ({ municipality, residentCode }, _, eventDate) => [
  { municipality, event: { reason: 'minor-correction', residentCode, eventDate, building: 'みどり荘102号' } },
];

const birth: MakeErrand = ({ municipality, residentCode, name, nameKana }, _, eventDate) => [
  {
    municipality,
    event: {
      reason: 'birth',
      parentResidentCode: residentCode,
      eventDate,
      name,
      nameKana,
      sex: 1,
      relationship: '子',
    },
  },
];

const death: MakeErrand = ({ municipality, residentCode }, _, eventDate) => [
  { municipality, event: { reason: 'death', residentCode, eventDate } },
];

const moveAway: MakeErrand = (person, elsewhere, eventDate) => {
  const { municipality, residentCode, individualNumber, ...details } = person;
  return [
    { municipality, event: { reason: 'move-out', residentCode, eventDate, destination: '転出先' } },
    {
      municipality: elsewhere,
      event: {
        reason: 'move-in',
        residentCode,
        individualNumber,
        eventDate,
        details,
        address: ADDRESS,
        previousAddress: '転出元',
      },
    },
  ];
};

/** Of ten errands: with the two events of each move, a third of all events are moves between municipalities. */
const MIX: readonly MakeErrand[] = [
  moveWithin,
  birth,
  minorCorrection,
  moveAway,
  moveWithin,
  death,
  minorCorrection,
  birth,
  moveWithin,
  moveAway,
];

export const EVENTS_IN_TEN_ERRANDS = 12;

/** One errand for each person. */
export function planErrands(
  people: readonly Known[],
  municipalities: readonly string[],
  eventDate: string,
): readonly Errand[] {
  return people.map((person, index) => {
    const make = MIX[index % MIX.length];
    const place = municipalities.indexOf(person.municipality);
    const elsewhere = municipalities[(place + 1) % municipalities.length];
    if (!make || elsewhere === undefined) throw new Error('there is no errand for the person');
    return make(person, elsewhere, eventDate);
  });
}
