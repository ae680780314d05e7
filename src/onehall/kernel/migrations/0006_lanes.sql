-- What is first in a lane is looked for by the lane; home is only compared (see kernel/store/work.py).
CREATE INDEX job_in_lane ON job (lane, id) WHERE lane IS NOT NULL AND state = 'ready';
DROP INDEX job_lane;
