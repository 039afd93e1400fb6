/**
 * What the life knows as it goes on: its people, the papers it has in hand, where artefacts go. Kept in one file that
 * appears by rename after every step, so that a story goes on after a kill.
 */
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SoftwareCard } from '@ishizue/card';
import type { CountryClient } from './country-client.ts';
import type { PlayedStep } from './life-player.ts';
import { StepFailed } from './step-failed.ts';

/** The municipality of the story: 清瀬市. */
export const HOME = '132217';
export const HOME_SITE = `municipal/${HOME}`;
export const PREFECTURE_SITE = 'prefectural/13';
export const NATIONAL = 'national';
/** The terminal that the story's officers sit at. */
export const TERMINAL = 't-demonstration';

export interface Person {
  readonly name: string;
  readonly nameKana: string;
  readonly birthDate: string;
  readonly sex: 1 | 2;
  readonly residentNumber: string;
  residentCode?: string;
  individualNumber?: string;
  cardId?: string;
}

/** The durable part. */
export interface StoryState {
  readonly run: string;
  readonly householdNumber: string;
  readonly adult: Person;
  readonly elder: Person;
  newborn: Person;
  /** The request ids of acts at the counter by name: a step played again after a kill asks for the same. */
  readonly requestIds: Record<string, string>;
  certificateId?: string;
  played: PlayedStep[];
}

export const PIN_AUTHENTICATION = '1234';
export const PIN_SIGNATURE = 'HARUKA25';

export interface StoryOptions {
  readonly client: CountryClient;
  /** Where `story.json` and the artefacts are. */
  readonly folder: string;
  /** Opens the card that the factory made under an id. */
  readonly openCard: (cardId: string) => Promise<SoftwareCard>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class Story {
  readonly client: CountryClient;
  readonly folder: string;
  readonly openCard: (cardId: string) => Promise<SoftwareCard>;
  readonly now: () => number;
  readonly state: StoryState;

  constructor(options: StoryOptions, state: StoryState) {
    this.client = options.client;
    this.folder = options.folder;
    this.openCard = options.openCard;
    this.now = options.now;
    this.state = state;
  }

  /** The story that the folder holds, or a new one with other people. */
  static open(options: StoryOptions): Story {
    mkdirSync(options.folder, { recursive: true });
    const file = path.join(options.folder, FILE);
    const state = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StoryState) : newState();
    return new Story(options, state);
  }

  /** Begins anew with other people; artefacts of the last life are overwritten as the steps are played. */
  static begin(options: StoryOptions): Story {
    mkdirSync(options.folder, { recursive: true });
    const story = new Story(options, newState());
    story.save();
    return story;
  }

  save(): void {
    const file = path.join(this.folder, FILE);
    writeFileSync(`${file}.new`, JSON.stringify(this.state, null, 2), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }

  /** Writes an artefact and answers its path. */
  keep(name: string, content: string | Uint8Array): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  /** The same id for the same act, however often the step is played. */
  requestId(act: string): string {
    this.state.requestIds[act] ??= `life-${this.state.run}-${act}`;
    return this.state.requestIds[act];
  }

  /** A fact that an earlier step must have found. */
  known<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new StepFailed('step-too-early', `${what} is not known yet`);
    return value;
  }

  /** The card of a person. */
  cardOf(person: Person): Promise<SoftwareCard> {
    return this.openCard(this.known(person.cardId, 'the card'));
  }
}

const FILE = 'story.json';
const ADULTS = [
  ['遥', 'ハルカ'],
  ['葵', 'アオイ'],
  ['渚', 'ナギサ'],
  ['楓', 'カエデ'],
  ['薫', 'カオル'],
] as const;
const ELDERS = [
  ['茂', 'シゲル'],
  ['勇', 'イサム'],
  ['清', 'キヨシ'],
] as const;

/** People who are in no register yet. The family name has 髙, which JIS does not have. */
function newState(): StoryState {
  const run = String(randomInt(100_000, 1_000_000));
  const [adult, adultKana] = ADULTS[randomInt(ADULTS.length)] ?? ADULTS[0];
  const [elder, elderKana] = ELDERS[randomInt(ELDERS.length)] ?? ELDERS[0];
  const day = (): string => String(randomInt(1, 29)).padStart(2, '0');
  const number = (last: number): string => `8${run}0${last}`;
  return {
    run,
    householdNumber: number(0),
    adult: {
      name: `髙𣘺　${adult}`,
      nameKana: `タカハシ　${adultKana}`,
      birthDate: `19${randomInt(88, 98)}-07-${day()}`,
      sex: 2,
      residentNumber: number(1),
    },
    elder: {
      name: `髙𣘺　${elder}`,
      nameKana: `タカハシ　${elderKana}`,
      birthDate: `19${randomInt(38, 50)}-03-${day()}`,
      sex: 1,
      residentNumber: number(2),
    },
    newborn: { name: '髙𣘺　光', nameKana: 'タカハシ　ヒカル', birthDate: '', sex: 1, residentNumber: '' },
    requestIds: {},
    played: [],
  };
}
