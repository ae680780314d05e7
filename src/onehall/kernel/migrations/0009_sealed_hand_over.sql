-- Of a hand-over that lives for days only the link counts: six digits can be guessed at for as long as they live.
ALTER TABLE hand_over ADD COLUMN link_only boolean NOT NULL DEFAULT false;
