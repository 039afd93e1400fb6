/** Why a picture was not looked at. */
import { fail } from '@ishizue/outcome';

export type PictureFailure =
  | 'picture-kind-refused'
  | 'picture-too-large'
  | 'picture-unreadable'
  | 'picture-too-slow'
  | 'pictures-busy';

export const unreadable = (why: string) => fail('picture-unreadable', `the picture cannot be read: ${why}`);
export const kindRefused = (why: string) => fail('picture-kind-refused', why);
export const tooLarge = (why: string) => fail('picture-too-large', why);
