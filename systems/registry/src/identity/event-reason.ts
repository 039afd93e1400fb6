/**
 * Why a record changed (異動事由, 住民基本台帳法施行規則 art. 11). The reasons that this edition records; the last three
 * are not acts of the counter: a load of the register, the individual number's arrival, and its change.
 */
export const EVENT_REASONS = [
  'move-in', // 転入
  'birth', // 出生
  'move-within', // 転居
  'minor-correction', // 軽微な修正
  'move-out', // 転出
  'death', // 死亡
  'ex-officio-entry', // 職権記載
  'ex-officio-removal', // 職権消除
  'ex-officio-correction', // 職権修正
  'alias-change', // 通称の記載・変更・削除
  'former-surname-change', // 旧氏の記載・変更・削除
  'resident-code-change', // 住民票コードの記載の変更請求
  'ex-officio-code-change', // 住民票コードの職権記載等
  'undo', // 取消し, 回復
  'initial-load', // 初期登録
  'number-assigned', // 個人番号の記載
  'number-changed', // 個人番号の変更
] as const;

export type EventReason = (typeof EVENT_REASONS)[number];

/** How a person stands in a register. */
export type ResidenceStatus = 'resident' | 'moved-out' | 'deceased' | 'removed';

/** Male, female, unknown, as the certificate writes them (jpki profile, otherName .3). */
export type Sex = 1 | 2 | 3;
