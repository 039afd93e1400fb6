/** Where a counter is: its municipality, and the port of the reader beside it. The browser remembers both; neither is of a person. */
import { type Remembered, remembered } from '@ishizue/pages';

export interface CounterPlace {
  readonly municipality: string;
  readonly readerPort: number;
}

const PLACE: Remembered = remembered('ishizue-counter', /[0-9]{6}\.[0-9]{1,5}/);

export const rememberPlace = ({ municipality, readerPort }: CounterPlace): string =>
  PLACE.write(`${municipality}.${readerPort}`);

export function rememberedPlace(cookies: string | undefined): Partial<CounterPlace> {
  const [municipality, port] = PLACE.read(cookies)?.split('.') ?? [];
  return municipality === undefined ? {} : { municipality, readerPort: Number(port) };
}
