-- The registration of verifiers is a procedure: its cases have the state, its history who did what and why. What is asked at
-- every request stays here and follows the case (docs/flows/verifiers.md). Verifiers that are there get their cases, with
-- the history of what was done; what was refused is in the ledger.

DROP TRIGGER approved ON verifier;
DROP FUNCTION check_verifier;

ALTER TABLE verifier
  ADD case_id bigint,                           -- of procedure.case_state, whose state and sequence are state and revision
  ADD proposed jsonb;                           -- what was proposed last, by the id in `proposal`

-- Terms as the form of the procedure has them.
CREATE FUNCTION form_of_terms(terms jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_strip_nulls(terms) || jsonb_build_object(
    'certificateKinds', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', one)), '[]')
      FROM jsonb_array_elements(terms->'certificateKinds') one),
    'methods', (SELECT coalesce(jsonb_agg(jsonb_build_object('method', one)), '[]')
      FROM jsonb_array_elements(terms->'methods') one),
    'services', (SELECT coalesce(jsonb_agg(jsonb_build_object('service', one)), '[]')
      FROM jsonb_array_elements(terms->'services') one))
$$;

DO $$
DECLARE
  v_kind int;
BEGIN
  IF NOT EXISTS (SELECT FROM jpki.verifier) THEN RETURN; END IF;
  -- cases are the system's own: row-level security sees to it
  PERFORM set_config('role', 'ishizue_jpki', true), set_config('ishizue.site', 'national', true);
  INSERT INTO procedure.kind (site, procedure) VALUES ('national', 'verifier-registration') ON CONFLICT DO NOTHING;
  SELECT id INTO STRICT v_kind FROM procedure.kind WHERE site = 'national' AND procedure = 'verifier-registration';
  UPDATE jpki.verifier SET case_id = nextval('procedure.case_file_id_seq'), proposal = NULL;

  CREATE TEMP TABLE moved ON COMMIT DROP AS
  WITH done AS (
    SELECT a.id, v.case_id, a.verifier, a.at, a.operator, a.purpose, a.correlation, a.proposal, p.terms, p.act AS proposed,
      row_number() OVER (PARTITION BY a.verifier ORDER BY a.id)::int AS sequence,
      CASE a.act WHEN 'verifier-propose' THEN 'propose-' || p.act WHEN 'verifier-approve' THEN p.act
        ELSE substr(a.act, length('verifier-') + 1) END AS move
    FROM jpki.verifier_act a JOIN jpki.verifier v USING (verifier)
      LEFT JOIN jpki.verifier_proposal p ON p.id = a.proposal
    WHERE a.result = 'ok'
  ), led AS (
    SELECT done.*, known.state, count(known.state) OVER (PARTITION BY verifier ORDER BY id) AS stage
    FROM done LEFT JOIN (VALUES ('register', 'notified'), ('release-documents', 'technical-documents-released'),
      ('open-test-environment', 'test-environment'), ('begin-connection-test', 'connection-test'),
      ('repeat-test', 'test-environment'), ('go-live', 'live'), ('restore', 'live'), ('suspend', 'suspended'),
      ('end', 'ended')) AS known(move, state) USING (move)
  )
  SELECT id, case_id, verifier, at, operator, purpose, correlation, proposal, terms, proposed, sequence, move,
    'migrated-' || id AS request, max(state) OVER (PARTITION BY verifier, stage) AS state
  FROM led;

  CREATE TEMP TABLE last_move ON COMMIT DROP AS
  SELECT DISTINCT ON (case_id) case_id, sequence, state FROM moved ORDER BY case_id, sequence DESC;
  IF EXISTS (SELECT FROM jpki.verifier v LEFT JOIN last_move m USING (case_id) WHERE m.state IS DISTINCT FROM v.state) THEN
    RAISE EXCEPTION 'jpki: what was done does not lead to the state that a verifier has';
  END IF;

  UPDATE jpki.verifier v SET revision = m.sequence FROM last_move m WHERE m.case_id = v.case_id;
  UPDATE jpki.verifier v SET proposal = last.proposal, proposed = jsonb_build_object('act', p.act, 'revision', last.sequence,
      'proposedBy', p.proposed_by, 'proposedFor', p.proposed_for,
      'proposedAt', (extract(epoch FROM p.proposed_at) * 1000)::bigint,
      'expiresAt', (extract(epoch FROM p.expires_at) * 1000)::bigint, 'approvedBy', p.approved_by)
    || CASE WHEN p.terms IS NULL THEN '{}' ELSE jsonb_build_object('terms', p.terms) END
  FROM (SELECT DISTINCT ON (case_id) case_id, sequence, proposal FROM moved WHERE starts_with(move, 'propose-')
    ORDER BY case_id, sequence DESC) last JOIN jpki.verifier_proposal p ON p.id = last.proposal
  WHERE last.case_id = v.case_id;

  INSERT INTO procedure.case_file (id, kind, version, opened_on, subject, applicant, form, record)
  SELECT v.case_id, v_kind, '2016-01-01', (m.at AT TIME ZONE 'Asia/Tokyo')::date, v.verifier, 'counter',
    jsonb_build_object('verifier', v.verifier, 'terms', now_in_force.terms),
    jsonb_strip_nulls(jsonb_build_object('terms', now_in_force.terms, 'proposal', CASE WHEN v.proposed IS NOT NULL THEN
      jsonb_build_object('act', v.proposed->'act', 'sequence', v.proposed->'revision', 'until', to_char(
        to_timestamp((v.proposed->>'expiresAt')::bigint / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'terms', jpki.form_of_terms(v.proposed->'terms')) END))
  FROM jpki.verifier v JOIN moved m ON m.case_id = v.case_id AND m.sequence = 1 CROSS JOIN LATERAL (
    SELECT jpki.form_of_terms(jsonb_build_object('kind', v.kind, 'title', v.title, 'purpose', v.purpose, 'contact', v.contact,
      'feeClass', v.fee_class, 'certificateKinds', v.certificate_kinds, 'methods', v.methods, 'services', v.services,
      'entrustedTo', v.entrusted_to, 'clientCertificate', E'-----BEGIN CERTIFICATE-----\n'
        || rtrim(regexp_replace(replace(encode(v.certificate, 'base64'), E'\n', ''), '(.{64})', E'\\1\n', 'g'), E'\n')
        || E'\n-----END CERTIFICATE-----\n')) AS terms
  ) now_in_force;
  INSERT INTO procedure.case_state (case_id, kind, sequence, state, is_open)
  SELECT case_id, v_kind, sequence, state, state <> 'ended' FROM last_move;
  INSERT INTO procedure.act (kind, request, digest, move, actor, terminal, correlation, at, answer)
  SELECT v_kind, request, sha256(convert_to(request, 'UTF8')), move, 'operator:' || operator, '', correlation, at,
    jsonb_build_object('moved', jsonb_build_array(jsonb_build_object('row', 0, 'caseId', case_id)), 'refused', '[]'::jsonb,
      'sequence', sequence, 'state', state, 'dueOn', NULL)
  FROM moved ORDER BY id;
  INSERT INTO procedure.history (case_id, act, kind, sequence, state, own)
  SELECT m.case_id, a.id, v_kind, m.sequence, m.state, jsonb_build_object('purpose', m.purpose)
    || CASE WHEN m.move = 'propose-change-terms' THEN jsonb_build_object('terms', jpki.form_of_terms(m.terms)) ELSE '{}' END
  FROM moved m JOIN procedure.act a ON a.kind = v_kind AND a.request = m.request;
  PERFORM set_config('role', 'ishizue_jpki_owner', true);
END $$;

DROP FUNCTION form_of_terms;
DROP TABLE verifier_act, verifier_proposal;
DROP FUNCTION approve_verifier_once;
ALTER TABLE verifier ALTER case_id SET NOT NULL, ADD UNIQUE (case_id), ADD UNIQUE (proposal),
  ADD CONSTRAINT proposal_whole CHECK ((proposal IS NULL) = (proposed IS NULL));

-- At the end of a transaction the row is what its case says; what gives or widens rights was proposed by the move before,
-- less than 72 hours ago, by another person.
CREATE FUNCTION check_verifier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_needed text;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'ended' THEN
    RAISE EXCEPTION 'jpki: a verifier that has ended stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_for_good';
  END IF;
  IF NOT EXISTS (SELECT FROM procedure.case_state s JOIN procedure.case_file f ON f.id = s.case_id
    WHERE s.case_id = NEW.case_id AND s.state = NEW.state AND s.sequence = NEW.revision AND f.subject = NEW.verifier) THEN
    RAISE EXCEPTION 'jpki: a verifier is as its case is' USING ERRCODE = 'check_violation', CONSTRAINT = 'follows_its_case';
  END IF;
  v_needed := CASE
    WHEN TG_OP = 'INSERT' THEN CASE WHEN NEW.state = 'live' THEN 'go-live' END
    WHEN (NEW.kind, NEW.title, NEW.purpose, NEW.contact, NEW.fee_class, NEW.certificate_kinds, NEW.methods, NEW.services,
        NEW.entrusted_to, NEW.certificate)
      IS DISTINCT FROM (OLD.kind, OLD.title, OLD.purpose, OLD.contact, OLD.fee_class, OLD.certificate_kinds, OLD.methods,
        OLD.services, OLD.entrusted_to, OLD.certificate) THEN 'change-terms'
    WHEN NEW.state = 'live' AND OLD.state = 'suspended' THEN 'restore'
    WHEN NEW.state = 'live' AND OLD.state <> 'live' THEN 'go-live'
  END;
  IF v_needed IS NOT NULL AND NOT EXISTS (
    SELECT FROM procedure.history h JOIN procedure.act a ON a.id = h.act
      JOIN procedure.history ph ON ph.case_id = h.case_id AND ph.sequence = h.sequence - 1
      JOIN procedure.act p ON p.id = ph.act
    WHERE h.case_id = NEW.case_id AND h.sequence = NEW.revision AND a.move = v_needed AND p.move = 'propose-' || v_needed
      AND a.actor <> p.actor AND a.at < p.at + interval '72 hours'
  ) THEN
    RAISE EXCEPTION 'jpki: % needs a proposal of another person', v_needed
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_by_a_second_person';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER follows_its_case AFTER INSERT OR UPDATE ON verifier
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_verifier();
