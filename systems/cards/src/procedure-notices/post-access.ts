/** Under what notices of procedures are taken over and laid out: nobody asks for it. */
import type { Access } from '@ishizue/registry';

export const POST_ACCESS: Access = {
  actorKind: 'system',
  actor: 'procedure-notices',
  terminal: '',
  article: '番号法 第16条の2',
  affair: 'procedure-notice',
  correlation: 'background',
};
