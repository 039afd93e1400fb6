/** For tests elsewhere: the host’s end of a channel, and what is done over it. */
export { HostChannel } from '../channel/host-channel.ts';
export {
  FREE_AREA_AID,
  install,
  openApplication,
  openFreeArea,
  personalise,
  readFreeArea,
  remove,
  setStatus,
  verifyContents,
} from '../loading/card-acts.ts';
