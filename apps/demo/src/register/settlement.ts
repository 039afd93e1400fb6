/**
 * When and from where a household came: 住民となった年月日, 住定年月日 and 前住所 of each of its people. Nobody lives anywhere
 * before birth, nobody is fixed at an address before being a resident, and nothing lies after the day of the register.
 */
import { YEAR_DAYS } from './calendar-day.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How a household came to where it lives. */
export interface Settlement {
  /** The day on which it came to the municipality; undefined for people born there. */
  readonly arrival: number | undefined;
  /** The day on which it came to the address. */
  readonly settled: number;
  /** Where it lived before `settled`. */
  readonly previousAddress: string;
}

/** The three fields of one person. */
export interface PersonSettlement {
  readonly becameResidentOn: number;
  readonly addressFixedOn: number;
  /** Empty for those born at the address. */
  readonly previousAddress: string;
}

const MOVING_AGE_YEARS = 18;
const NATIVE = 0.38;
const DIRECTLY = 0.72;

/** @param within an address in the municipality, @param outside one elsewhere; made only when needed */
export function chooseSettlement(
  random: SeededRandom,
  headBirth: number,
  today: number,
  addresses: { readonly within: () => string; readonly outside: () => string; readonly canBeNative: boolean },
): Settlement {
  const age = (today - headBirth) / YEAR_DAYS;
  const meanYears = age < 35 ? 4 : age < 60 ? 10 : 22;
  const adult = Math.min(headBirth + Math.round(MOVING_AGE_YEARS * YEAR_DAYS), today);
  const settled = Math.max(today - exponential(random, meanYears), adult);
  if (addresses.canBeNative && random.chance(NATIVE))
    return { arrival: undefined, settled, previousAddress: addresses.within() };
  if (random.chance(DIRECTLY)) return { arrival: settled, settled, previousAddress: addresses.outside() };
  const arrival = Math.max(settled - exponential(random, 6), headBirth);
  return { arrival, settled, previousAddress: addresses.within() };
}

export function settlementOf(
  birth: number,
  { arrival, settled, previousAddress }: Settlement,
): PersonSettlement {
  return {
    becameResidentOn: Math.max(birth, arrival ?? birth),
    addressFixedOn: Math.max(birth, settled),
    previousAddress: birth >= settled ? '' : previousAddress,
  };
}

/** Days, exponentially distributed with a mean in years, at least one. */
function exponential(random: SeededRandom, meanYears: number): number {
  return 1 + Math.floor(-Math.log(1 - random.fraction()) * meanYears * YEAR_DAYS);
}
