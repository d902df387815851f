-- revision: b3c4d5e6f7a9
-- revises: none
-- The open edition's core database as v0.103.5 left it; here the way begins.

-- up

-- down: impossible, older releases are out of reach
