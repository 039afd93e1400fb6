-- What was written about an application goes with it (docs/flows/case-retention.md step 7): its letters and mails held it back.
ALTER TABLE notice_letter DROP CONSTRAINT notice_letter_application_id_fkey,
  ADD CONSTRAINT notice_letter_application_id_fkey FOREIGN KEY (application_id) REFERENCES application ON DELETE CASCADE;
ALTER TABLE notice_mail DROP CONSTRAINT notice_mail_application_id_fkey,
  ADD CONSTRAINT notice_mail_application_id_fkey FOREIGN KEY (application_id) REFERENCES application ON DELETE CASCADE;
