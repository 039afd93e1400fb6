/**
 * 条例利用領域 (the free area) as an application without files: whoever has its keys asks what is free and installs an application
 * into it, over a secure channel (free-area/). Nothing public says how the real card is asked: AID and commands are ours.
 */
import type { Application } from '../application.ts';

export const freeArea: Application = { name: 'free-area', aid: 'D3921000310001010F01', files: [] };
