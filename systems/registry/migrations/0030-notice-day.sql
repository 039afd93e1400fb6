-- What the server looks for in every municipality each minute (src/moves/carry-out-planned-moves.ts), by indexes of what is still
-- open: the rows that are over stay, and are not read again.
CREATE INDEX municipal_incoming_move_here ON municipal_incoming_move (municipality_code, planned_on) WHERE state = 'here';
CREATE INDEX municipal_copy_request_open ON municipal_copy_request (municipality_code, expires_at)
  WHERE state IN ('open', 'answered');

-- The day on which a notice was taken (届出日), where the counter said so: periods of the card run from it.
ALTER TABLE municipal_event ADD COLUMN noticed_on date;
