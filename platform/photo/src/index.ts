export { drawPortrait } from './draw-portrait.ts';
export type { HeadMeasures, MeasuredPicture, PictureMeasures } from './measure-picture.ts';
export { PhotoDesk, type PhotoDeskOptions } from './photo-desk.ts';
export type { PictureFailure } from './picture/picture-failure.ts';
