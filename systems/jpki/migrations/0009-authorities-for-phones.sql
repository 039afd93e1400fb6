-- Two authorities more, for phones (移動端末設備用): their lists, certificates and counts are rows beside the others.
ALTER TABLE authority DROP CONSTRAINT authority_kind_check, ADD CONSTRAINT authority_kind_check
  CHECK (kind IN ('signature', 'authentication', 'phone-signature', 'phone-authentication'));
ALTER TABLE distribution_point DROP CONSTRAINT distribution_point_kind_check, ADD CONSTRAINT distribution_point_kind_check
  CHECK (kind IN ('signature', 'authentication', 'phone-signature', 'phone-authentication'));
ALTER TABLE certificate DROP CONSTRAINT certificate_kind_check, ADD CONSTRAINT certificate_kind_check
  CHECK (kind IN ('signature', 'authentication', 'phone-signature', 'phone-authentication'));
ALTER TABLE answer_count DROP CONSTRAINT answer_count_kind_check, ADD CONSTRAINT answer_count_kind_check
  CHECK (kind IN ('signature', 'authentication', 'phone-signature', 'phone-authentication', ''));
