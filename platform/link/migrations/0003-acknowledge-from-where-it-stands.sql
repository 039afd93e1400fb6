-- An acknowledgement looks only at what was unacknowledged: below that, the index is full of deleted entries until a vacuum
-- takes them, and each acknowledgement walked over all of them.
CREATE OR REPLACE FUNCTION acknowledge(
  p_link_ids int[], p_through bigint[], p_beyond_link_ids int[], p_beyond_seqs bigint[]
) RETURNS SETOF int LANGUAGE sql SET search_path = pg_catalog, link, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH acked AS (
    SELECT a.link_id, max(a.through) AS through, o.acked_through AS since
    FROM unnest(p_link_ids, p_through) AS a (link_id, through)
    JOIN link.counter c ON c.link_id = a.link_id AND a.through <= c.last_seq
    JOIN link.outbound o ON o.link_id = a.link_id
    GROUP BY a.link_id, o.acked_through
  ), gone AS (
    DELETE FROM link.outbox o USING acked a WHERE o.link_id = a.link_id AND o.seq > a.since AND o.seq <= a.through
  ), gone_beyond AS (
    DELETE FROM link.outbox o USING unnest(p_beyond_link_ids, p_beyond_seqs) AS b (link_id, seq), acked a
    WHERE o.link_id = b.link_id AND o.seq = b.seq AND a.link_id = b.link_id AND b.seq > a.through
  )
  UPDATE link.outbound o
  SET acked_through = greatest(o.acked_through, a.through), last_ack_at = now(), last_attempt_at = now(),
      attempts = 0, last_error_code = NULL
  FROM acked a WHERE o.link_id = a.link_id
  RETURNING o.link_id;
$$;
