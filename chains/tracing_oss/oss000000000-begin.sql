-- revision: oss000000000
-- revises: none
-- The shared chain begins. Changes nothing.

-- up

-- down
