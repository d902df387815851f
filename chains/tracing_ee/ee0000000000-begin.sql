-- revision: ee0000000000
-- revises: none
-- The enterprise chain begins. Changes nothing.

-- up

-- down
