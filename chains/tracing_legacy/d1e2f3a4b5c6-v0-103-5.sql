-- revision: d1e2f3a4b5c6
-- revises: none
-- The tracing database as v0.103.5 left it; here the way begins.

-- up

-- down: impossible, older releases are out of reach
